/** A queue that is filled by callbacks and read with `for await`, once. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  #values: T[] = [];
  #closed = false;
  #error: unknown = null;
  #wake: (() => void) | null = null;

  push(value: T): void {
    if (this.#closed) return;
    this.#values.push(value);
    this.#wake?.();
  }

  /** Closes the queue. Values in the queue can still be read, but no more are accepted. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Closes the queue. Whoever reads it gets the error after the values. */
  fail(error: unknown): void {
    this.#error = error;
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    while (true) {
      const values = this.#values;
      this.#values = [];
      yield* values;
      if (this.#values.length > 0) continue;
      if (this.#error !== null) throw this.#error;
      if (this.#closed) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = null;
    }
  }
}
