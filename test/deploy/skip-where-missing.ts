/** `describe`, or a skipped one whose title and a printed line tell the reason, where what it needs cannot be had. */
export function describeUnless(reason: string | undefined, title: string, body: () => void): void {
  if (reason === undefined) {
    describe(title, body);
    return;
  }
  process.stderr.write(`Skipped: ${title}: ${reason}.\n`);
  describe.skip(`${title} (skipped: ${reason})`, body);
}
