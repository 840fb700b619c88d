// Modes that change on a date: what holds on a day, and which of two asks for more.
import type { Mode, ModeSchedule } from '../model/policy.ts';
import type { PolicyFile } from './schema.ts';

const STRICTNESS: Record<Mode, number> = { off: 0, observe: 1, advise: 2, enforce: 3 };

/** The mode that holds on `day` (`YYYY-MM-DD`, UTC). */
export function modeOn(schedule: ModeSchedule, day: string): Mode {
  return schedule.next !== null && day >= schedule.next.from ? schedule.next.mode : schedule.mode;
}

/** Whether `a` asks for at least as much as `b` on every day. */
export function isAtLeast(a: ModeSchedule, b: ModeSchedule): boolean {
  const days = ['0000-01-01', ...[a.next?.from, b.next?.from].filter((day) => day !== undefined)];
  return days.every((day) => STRICTNESS[modeOn(a, day)] >= STRICTNESS[modeOn(b, day)]);
}

export function scheduleOf(value: NonNullable<PolicyFile['mode']>): ModeSchedule {
  return typeof value === 'string'
    ? { mode: value, next: null }
    : { mode: value.mode, next: { mode: value.next, from: value.from } };
}

/** "advise (enforce from 2027-01-01)" */
export function scheduleText({ mode, next }: ModeSchedule): string {
  return next === null ? mode : `${mode} (${next.mode} from ${next.from})`;
}
