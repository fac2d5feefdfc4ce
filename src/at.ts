/** Elements that must be there. */

/**
 * Returns the element at `index` of an array or a typed array.
 *
 * Indices of this program come from counts, labels and schemas that were checked before. An element that is not there is
 * a defect, and a default (class 0, no weights) would hide it.
 *
 * @throws RangeError where `index` is not a whole number from 0 to length - 1
 */
export function at<T>(list: { readonly length: number; readonly [index: number]: T }, index: number): T {
  const element = list[index];
  if (element === undefined) throw new RangeError(`no element at index ${index} of ${list.length}`);
  return element;
}

/**
 * Returns the value of a key in a map.
 * @throws RangeError where the map does not have the key
 */
export function valueOf<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new RangeError(`no value for ${String(key)}`);
  return value;
}
