import type { OutputStreams } from './output.js';

/** EPIPE: a reader such as `head` has ended. EIO: the terminal has gone. */
const readerIsGone: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);

/**
 * Nobody reads on: no failure of the command, which ends as it would have. Without this the stream's error would end the
 * process, and with it what the command was about to do.
 */
export function ignoreClosedReaders({ out, err }: OutputStreams): void {
  for (const stream of [out, err]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!readerIsGone.has(error.code)) throw error;
    });
  }
}
