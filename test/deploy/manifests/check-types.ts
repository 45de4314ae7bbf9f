import { join } from 'node:path';
import { fetchKubernetesTypes } from '@rowbridge/embedded-stack';
import ts from 'typescript';
import { modelModuleOf } from './model-module.js';
import type { Resource } from './resource.js';

/**
 * Holds resources to the types made from the published schemas of Kubernetes and its operators: unknown fields, missing
 * ones, wrong types and words that are not allowed. What a schema says beyond types is for `findSchemaFaults`.
 * @returns each fault, with the resource it is in
 */
export async function findTypeFaults(resources: readonly Resource[]): Promise<readonly string[]> {
  const folders = await fetchKubernetesTypes();
  const fileName = join(import.meta.dirname, 'resources-under-check.ts');
  const lines = resources.flatMap((resource, index) => [
    `import type { I${resource.kind} as Type${index} } from '${modelModuleOf(resource)}';`,
    `export const resource${index}: Type${index} = ${JSON.stringify(resource)};`,
  ]);
  const program = createProgram(fileName, lines.join('\n'), folders);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    if (diagnostic.file === undefined || diagnostic.start === undefined) return message;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
    const resource = resources[Math.floor(line / 2)];
    return `${resource?.kind} ${resource?.metadata.name}: ${message}`;
  });
}

function createProgram(fileName: string, text: string, folders: ReadonlyMap<string, string>): ts.Program {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    paths: Object.fromEntries(
      [...folders].flatMap(([name, folder]) => [
        [name, [join(folder, 'dist/index.d.ts'), join(folder, 'index.d.ts')]],
        [`${name}/*`, [join(folder, '*')]],
      ]),
    ),
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...rest) =>
    name === fileName
      ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022)
      : getSourceFile.call(host, name, ...rest);
  host.fileExists = (name) => name === fileName || fileExists.call(host, name);
  return ts.createProgram([fileName], options, host);
}
