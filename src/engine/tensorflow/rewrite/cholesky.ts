/** Computes the Cholesky factor of a small correlation matrix. */

/**
 * Added to the diagonal, as a share of its mean, because a few images do not show all correlations. GPTQ adds 0.01. The
 * errors of features rounded with 0.01, 0.03 and 0.1 were equal within 2 %.
 */
const DAMPING = 0.03;

/**
 * Returns the upper triangular R, row-major, for which RᵀR is the matrix with its diagonal damped.
 *
 * @param matrix symmetric, positive semidefinite, size × size, row-major. Only the upper half is read.
 */
export function dampedCholesky(matrix: Float64Array, size: number): Float64Array {
  // The size is checked once, because `at` for each element would make the loops ten times as slow.
  if (matrix.length !== size ** 2) throw new RangeError(`${matrix.length} numbers are not a matrix of ${size} rows`);
  const factor = matrix.slice();
  let trace = 0;
  for (let row = 0; row < size; row++) trace += matrix[row * size + row] ?? 0;
  // If all values are 0, any positive damping works.
  const damping = trace > 0 ? DAMPING * trace / size : 1;
  for (let row = 0; row < size; row++) {
    const start = row * size;
    const pivot = Math.sqrt((factor[start + row] ?? 0) + damping);
    factor.fill(0, start, start + row);
    factor[start + row] = pivot;
    for (let column = row + 1; column < size; column++) {
      factor[start + column] = (factor[start + column] ?? 0) / pivot;
    }
    for (let below = row + 1; below < size; below++) {
      const share = factor[start + below] ?? 0;
      for (let column = below; column < size; column++) {
        const at = below * size + column;
        factor[at] = (factor[at] ?? 0) - share * (factor[start + column] ?? 0);
      }
    }
  }
  return factor;
}
