/** What goes wrong in a simulation, and how it is mended. */

import type { SimClock } from '../../../infra/clock/sim-clock.ts';
import type { SimDisk } from '../../../infra/disk/sim-disk.ts';
import type { SeededRandom } from '../../../infra/random/seeded-random.ts';
import type { Plan } from './plan.ts';
import type { SimDevice } from './sim-device.ts';
import type { SimNetwork } from './sim-network.ts';
import type { Role, RoleKind, SimServer } from './sim-server.ts';

export interface FaultWorld {
  readonly plan: Plan;
  readonly clock: SimClock;
  readonly random: SeededRandom;
  readonly disk: SimDisk;
  readonly network: SimNetwork;
  readonly devices: readonly SimDevice[];
  /** null while the machine is down. */
  server(): SimServer | null;
  /** The machine stops and comes back later. */
  crash(kind: 'kill' | 'power-cut'): void;
  /** Puts a new process in the place of a dead role's, as a supervisor would. */
  revive(role: Role): void;
  note(text: string): void;
  /** Something asynchronous of the rig or a role: its failure is looked at by the run. */
  watch(what: string, promise: Promise<unknown>): void;
}

interface Fault {
  readonly name: string;
  readonly weight: number;
  /** @returns what was done, or null where there was nothing to do it to */
  readonly strike: (world: FaultWorld) => string | null;
}

const pick = <T>(random: SeededRandom, items: readonly T[]): T | undefined =>
  items.length === 0 ? undefined : items[random.below(items.length)];

const roleOf = (world: FaultWorld, kinds: readonly RoleKind[], state: string): Role | undefined => {
  const roles = world
    .server()
    ?.roles.filter((role) => kinds.includes(role.kind) && role.process.state === state);
  return pick(world.random, roles ?? []);
};

/** SIGSTOP for a while; longer than the session lasts, the group goes on without it. */
const pauseRole = (world: FaultWorld, role: Role): string => {
  const { clock, random } = world;
  const forMs = 50 + random.below(3_000);
  const expires = random.below(3) > 0;
  role.process.pause();
  const { process, log } = role;
  if (expires) {
    clock.after(Math.floor(forMs / 3), () => {
      if (process.state === 'paused') log.expireSessions();
    });
  }
  clock.after(forMs, () => process.resume());
  return `${role.name} for ${forMs} ms${expires ? ', its session expires' : ''}`;
};

const PROCESSORS: readonly RoleKind[] = ['fan-out', 'delivery', 'timeline'];

export const FAULTS: readonly Fault[] = [
  {
    name: 'cut a connection',
    weight: 10,
    strike: ({ network, random }) => {
      const link = pick(random, network.links());
      link?.cut();
      return link === undefined ? null : 'both ends are told';
    },
  },
  {
    name: 'cut a connection silently',
    weight: 6,
    strike: ({ network, random }) => {
      const link = pick(random, network.links());
      link?.cutSilently();
      return link === undefined ? null : 'nobody is told';
    },
  },
  {
    name: 'stall a connection',
    weight: 8,
    strike: ({ network, random, clock }) => {
      const link = pick(random, network.links());
      const forMs = 50 + random.below(2_000);
      link?.stall(clock.monotonic() + forMs);
      return link === undefined ? null : `for ${forMs} ms`;
    },
  },
  {
    name: 'a packet of nobody',
    weight: 3,
    strike: ({ network, random }) => {
      const link = pick(random, network.links());
      link?.inject(random.oneIn(2) ? 'client' : 'server', random.bytes(1 + random.below(60)));
      return link === undefined ? null : 'injected';
    },
  },
  {
    name: 'a packet twice',
    weight: 4,
    strike: ({ network, random }) => {
      const link = pick(random, network.links());
      link?.repeatNext(random.oneIn(2) ? 'client' : 'server');
      return link === undefined ? null : 'the next one';
    },
  },
  {
    name: 'kill a client',
    weight: 7,
    strike: (world) => {
      const { devices, random, clock } = world;
      const device = pick(
        random,
        devices.filter(({ isAlive }) => isAlive),
      );
      if (device === undefined) return null;
      device.kill();
      clock.after(random.below(1_500), () => world.watch(`revive ${device.name}`, device.revive()));
      return device.name;
    },
  },
  {
    name: 'kill a processor',
    weight: 12,
    strike: (world) => {
      const role = roleOf(world, PROCESSORS, 'running');
      if (role === undefined) return null;
      world.server()?.killRole(role);
      world.clock.after(world.random.below(1_500), () => world.revive(role));
      return role.name;
    },
  },
  {
    name: 'pause a processor',
    weight: 14,
    strike: (world) => {
      const role = roleOf(world, PROCESSORS, 'running');
      return role === undefined ? null : pauseRole(world, role);
    },
  },
  {
    name: 'kill the gate',
    weight: 5,
    strike: (world) => {
      const role = roleOf(world, ['gate'], 'running');
      if (role === undefined) return null;
      world.server()?.killRole(role);
      world.clock.after(world.random.below(800), () => world.revive(role));
      return role.name;
    },
  },
  {
    name: 'pause the gate',
    weight: 4,
    strike: (world) => {
      const role = roleOf(world, ['gate'], 'running');
      return role === undefined ? null : pauseRole(world, role);
    },
  },
  {
    name: 'kill the server',
    weight: 8,
    strike: (world) => {
      if (world.server() === null) return null;
      world.crash('kill');
      return 'the page cache stays';
    },
  },
  {
    name: 'cut the power',
    weight: 9,
    strike: (world) => {
      if (world.server() === null) return null;
      world.crash('power-cut');
      return 'what was not synced may be gone';
    },
  },
  {
    name: 'fill the disk',
    weight: 3,
    strike: ({ disk, random, clock }) => {
      if (disk.full) return null;
      const forMs = 50 + random.below(1_000);
      disk.full = true;
      clock.after(forMs, () => {
        disk.full = false;
      });
      return `for ${forMs} ms`;
    },
  },
  {
    name: 'set the clock back',
    weight: 2,
    strike: ({ clock, random }) => {
      const byMs = 1 + random.below(20_000);
      clock.shiftWall(-byMs);
      return `by ${byMs} ms`;
    },
  },
];

const TOTAL_WEIGHT = FAULTS.reduce((sum, { weight }) => sum + weight, 0);

/** Strikes once, with a fault that finds something to strike. @returns false where none did */
export const strike = (world: FaultWorld): boolean => {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    let dice = world.random.below(TOTAL_WEIGHT);
    const fault = FAULTS.find(({ weight }) => {
      dice -= weight;
      return dice < 0;
    });
    const done = fault?.strike(world) ?? null;
    if (done === null) continue;
    world.note(`${fault?.name}: ${done}`);
    return true;
  }
  return false;
};

/** Everything that is broken is mended: the run is to come to rest. */
export const mend = (world: FaultWorld): void => {
  world.disk.full = false;
  for (const role of world.server()?.roles ?? []) {
    role.process.resume();
    if (role.process.state === 'dead') world.revive(role);
  }
  for (const device of world.devices) {
    if (!device.isAlive) world.watch(`revive ${device.name}`, device.revive());
  }
};
