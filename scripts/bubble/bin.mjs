#!/usr/bin/env node
// Starts the command line. Node 22.18 and newer run its TypeScript as it is; older ones through tsx.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`bubble needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(2);
}
const load = async () => {
  if (process.features.typescript === undefined || process.features.typescript === false) {
    const { register } = await import('tsx/esm/api');
    register();
  }
  return import('./main.ts');
};
const { main } = await load().catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(`${error.message}\nIf that is a package: npm ci installs what bubble depends on.`);
  process.exit(2);
});
await main(process.argv);
