import { ESLint } from 'eslint';
import typescriptEslint from 'typescript-eslint';

/**
 * Lints texts that exist nowhere on disk under the repository's own configuration.
 * stdin: JSON `[{filePath, text}]`; stdout: JSON, one array of `{ruleId, message}` per text.
 * Rules that need types are switched off: a text without a file belongs to no TypeScript project.
 */
const linter = new ESLint({ overrideConfig: typescriptEslint.configs.disableTypeChecked });

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);

const results = [];
for (const { filePath, text } of JSON.parse(Buffer.concat(chunks).toString('utf8'))) {
  const [result] = await linter.lintText(text, { filePath });
  results.push(result.messages.map(({ ruleId, message }) => ({ ruleId, message })));
}
process.stdout.write(JSON.stringify(results));
