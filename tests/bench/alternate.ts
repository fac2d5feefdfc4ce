/** A B A B …: what is compared is measured in turn, so that a machine that gets slower is slower for all. */

export interface Contender<Sample> {
  readonly name: string;
  /** Measures once. */
  sample(): Promise<Sample>;
}

/**
 * Measures each contender once a round, in order, one at a time. Returns every contender's samples, by its name.
 *
 * @param onSample is told before each measurement whose it is and the round, from 1.
 * @throws RangeError where two contenders share a name.
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
