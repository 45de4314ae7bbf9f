import { propertiesFile } from './java-launch.js';

describe('a properties file', () => {
  test.each([
    ['plain ASCII as it is', '/srv/row bridge=a:b#c', '/srv/row bridge=a:b#c'],
    [
      'letters beyond ASCII by their UTF-16 code units',
      '/größe/数/😀',
      '/gr\\u00f6\\u00dfe/\\u6570/\\ud83d\\ude00',
    ],
    ['a backslash twice', 'C:\\data', 'C:\\\\data'],
    ['line ends and tabs by their codes', 'one\ntwo\tthree', 'one\\u000atwo\\u0009three'],
    ['a space at the beginning with a backslash', ' a', '\\ a'],
  ])('writes %s', (_what, value, written) => {
    expect(propertiesFile({ 'log.dirs': value, port: 9092 })).toBe(`log.dirs=${written}\nport=9092\n`);
  });
});
