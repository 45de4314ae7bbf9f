/** What a stream fails with once its reader is gone: a closed pipe, a closed terminal. */
const lostReader = ['EPIPE', 'EIO'];

/**
 * Goes on without whoever read these streams: Ctrl-C ends the `tee` behind a pipe, too, and what was started must still
 * be stopped in order. Any other failure of a stream is raised.
 */
export function outliveReaders(streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) {
    stream.on('error', (failure: NodeJS.ErrnoException) => {
      if (!lostReader.includes(failure.code ?? '')) throw failure;
    });
  }
}
