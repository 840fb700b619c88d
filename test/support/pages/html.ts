// Small pieces every page is made of: escaping, people, labels, times, icons.
import type { Account, CheckRun } from '../world/state.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (each) => ENTITIES[each] ?? each);

const HUES = [212, 152, 28, 338, 265, 190, 96, 10];
const hueOf = (account: Account): number => HUES[account.id % HUES.length] ?? 212;

/** A picture made from the initial; apps get a square one. */
export const avatarSvg = (account: Account): string => {
  const [bot, hue] = [account.type === 'Bot', hueOf(account)];
  const mark = bot
    ? '<path d="M12 21l6 6 11-13" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/>'
    : `<text x="20" y="27" text-anchor="middle" font-family="system-ui,sans-serif" font-size="20" font-weight="600" fill="#fff">${escapeHtml(account.login.charAt(0).toUpperCase())}</text>`;
  const fill = bot ? '#0b6e4f' : `hsl(${hue} 52% 44%)`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 40 40"><rect width="40" height="40" rx="${bot ? 9 : 20}" fill="${fill}"/>${mark}</svg>`;
};

export const avatar = (account: Account, size = 20): string =>
  `<img class="avatar" src="/avatars/${account.id}.svg" alt="" width="${size}" height="${size}">`;

export const person = (account: Account): string =>
  `<strong>${escapeHtml(account.login.replace('[bot]', ''))}</strong>${account.type === 'Bot' ? ' <span class="bot">bot</span>' : ''}`;

export const time = (at: number): string => {
  const date = new Date(at);
  const text = date.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  return `<time datetime="${date.toISOString()}">${text}</time>`;
};

// Dark text on a light label, light text on a dark one.
export const labelChip = (label: { readonly name: string; readonly color: string }): string => {
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((from) =>
    Number.parseInt(label.color.slice(from, from + 2), 16),
  );
  const dark = r * 0.299 + g * 0.587 + b * 0.114 < 140;
  return `<span class="label" style="background:#${escapeHtml(label.color)};color:${dark ? '#fff' : '#1f2328'}">${escapeHtml(label.name)}</span>`;
};

const SHAPES = {
  success: ['#1a7f37', '<path d="M5 8.5l2.2 2.2L11.2 6" fill="none" stroke="#fff" stroke-width="1.7"/>'],
  failure: ['#cf222e', '<path d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2" stroke="#fff" stroke-width="1.7"/>'],
  waiting: ['#bf8700', '<path d="M8 4.2v4.4M8 10.6v1.4" stroke="#fff" stroke-width="1.8"/>'],
  neutral: ['#818b98', '<path d="M5 8h6" stroke="#fff" stroke-width="1.8"/>'],
} as const;

export type Light = keyof typeof SHAPES | 'pending';

export const lightOf = (run: CheckRun | undefined): Light => {
  if (run?.status !== 'completed') return 'pending';
  if (run.conclusion === 'success') return 'success';
  if (run.conclusion === 'action_required') return 'waiting';
  return run.conclusion === 'neutral' || run.conclusion === 'skipped' ? 'neutral' : 'failure';
};

export const icon = (light: Light, size = 16): string => {
  if (light === 'pending')
    return `<svg class="icon" width="${size}" height="${size}" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" fill="none" stroke="#bf8700" stroke-width="2" stroke-dasharray="4 3"/></svg>`;
  const [colour, mark] = SHAPES[light];
  return `<svg class="icon" width="${size}" height="${size}" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="${colour}"/>${mark}</svg>`;
};
