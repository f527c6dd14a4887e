/** Reads lines and blocks of bytes from one stream. */
export interface Reader {
  /** The next line without its end; `undefined` at the end of the stream. */
  line(): Promise<string | undefined>;
  /**
   * The next bytes.
   *
   * @throws {Error} if the stream ends before
   */
  bytes(length: number): Promise<Uint8Array>;
  /** Aborted when the stream has ended, even while nothing is being read. */
  readonly closed: AbortSignal;
}

/** Reads a stream, eagerly, so that its end is noticed during other work. */
export function readerOf(stream: ReadableStream<Uint8Array>): Reader {
  const end = new AbortController();
  const chunks: Uint8Array[] = [];
  let more = Promise.withResolvers<void>();
  (async () => {
    for await (const chunk of stream) {
      if (chunk.length > 0) chunks.push(chunk);
      more.resolve();
    }
  })().catch(() => {}).finally(() => {
    end.abort();
    more.resolve();
  });
  /** The next chunk, cut at `most` bytes. */
  const next = async (cut: (chunk: Uint8Array) => number): Promise<Uint8Array | undefined> => {
    while (chunks.length === 0) {
      if (end.signal.aborted) return undefined;
      await more.promise;
      more = Promise.withResolvers();
    }
    const [chunk] = chunks;
    const length = cut(chunk);
    if (length < chunk.length) chunks[0] = chunk.subarray(length);
    else chunks.shift();
    return chunk.subarray(0, length);
  };
  return {
    closed: end.signal,
    async line() {
      const decoder = new TextDecoder();
      for (let text = "";;) {
        const part = await next((chunk) => {
          const at = chunk.indexOf(10);
          return at === -1 ? chunk.length : at + 1;
        });
        if (part === undefined) return undefined;
        text += decoder.decode(part, { stream: true });
        if (text.endsWith("\n")) return text.slice(0, -1);
      }
    },
    async bytes(length) {
      const all = new Uint8Array(length);
      for (let at = 0; at < length;) {
        const part = await next((chunk) => Math.min(chunk.length, length - at));
        if (part === undefined) throw new Error(`the input ended ${length - at} bytes too early`);
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
  };
}
