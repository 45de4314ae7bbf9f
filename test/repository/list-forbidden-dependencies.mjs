import { roles } from '../../eslint.imports.mjs';
import { workspacePackages } from '../../services/launcher/bootstrap/workspace-packages.mjs';

/**
 * stdout: one line per workspace dependency that package.json declares and the import rules forbid, or per
 * package without a role.
 */
const matches = (directory, pattern) => new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(directory);

const packages = workspacePackages();
const roleOf = new Map(
  packages.map(({ name, directory }) => [name, roles.find(({ pattern }) => matches(directory, pattern))]),
);

for (const { name, dependencies } of packages) {
  const role = roleOf.get(name);
  if (!role) process.stdout.write(`${name} has no role in eslint.imports.mjs\n`);
  for (const dependency of dependencies.filter((candidate) => roleOf.has(candidate))) {
    const target = roleOf.get(dependency)?.role;
    if (role && !role.may.includes(target)) process.stdout.write(`${name} may not depend on ${dependency}\n`);
  }
}
