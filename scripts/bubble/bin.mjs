#!/usr/bin/env node
// Starts the command line. Node 22.18 and newer run its TypeScript as it is; older ones through tsx.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`bubble needs Node 20.19 or newer; this is ${process.versions.node}`);
  process.exit(2);
}
if (process.features.typescript === undefined || process.features.typescript === false) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { main } = await import('./main.ts');
await main(process.argv);
