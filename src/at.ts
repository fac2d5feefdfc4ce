/** Access to elements and values that must exist. */

/**
 * Returns the element at `index` of an array or a typed array.
 *
 * The indices in this program come from counts, labels and schemas that were checked before. A missing element is
 * therefore a defect, and a default value (class 0, no weights) would hide it.
 *
 * @throws RangeError if `index` is not an integer from 0 to length - 1
 */
export function at<T>(list: { readonly length: number; readonly [index: number]: T }, index: number): T {
  const element = list[index];
  if (element === undefined) throw new RangeError(`no element at index ${index} of ${list.length}`);
  return element;
}

/**
 * Returns the value of a key in a map.
 * @throws RangeError if the map does not have the key
 */
export function valueOf<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new RangeError(`no value for ${String(key)}`);
  return value;
}
