/** Measures contenders in turn, A B A B …, so that a machine that slows down slows down all of them. */

export interface Contender<Sample> {
  readonly name: string;
  /** Takes one sample. */
  sample(): Promise<Sample>;
}

/**
 * Measures each contender once per round, in order, one at a time. Returns the samples of each contender by its name.
 *
 * @param onSample is called before each measurement with the contender's name and the round, from 1.
 * @throws RangeError if two contenders have the same name.
 */
export async function alternate<Sample>(
  contenders: readonly Contender<Sample>[],
  rounds: number,
  onSample: (name: string, round: number) => void = () => {},
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  if (samples.size < contenders.length) throw new RangeError("two contenders have one name");
  for (let round = 1; round <= rounds; round++) {
    for (const { name, sample } of contenders) {
      onSample(name, round);
      samples.get(name)?.push(await sample());
    }
  }
  return samples;
}
