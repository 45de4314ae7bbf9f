/** What a stream fails with once its reader is gone. EPIPE: `head` has ended. EIO: the terminal was closed. */
const readerIsGone: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);

/**
 * Goes on without whoever read these streams: Ctrl-C ends the `tee` behind a pipe, too, and what was begun must still be
 * ended in order. Any other failure of a stream is raised.
 */
export function outliveReaders(streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!readerIsGone.has(error.code)) throw error;
    });
  }
}
