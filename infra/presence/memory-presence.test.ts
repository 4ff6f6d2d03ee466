import { presenceContract } from './contract.ts';
import { MemoryPresence } from './memory-presence.ts';

presenceContract('presence in memory', async () => {
  const store = new MemoryPresence();
  return { store, empty: async () => store.empty(), close: () => store.close() };
});
