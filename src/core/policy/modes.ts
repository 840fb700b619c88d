// The part of the policy file on modes: what is asked of each obligation, and from when on.
import { z } from 'zod';
import type { Obligation } from '../model/policy.ts';
import { date } from './terms.ts';

/** Folder names of the obligations in the order in which people number them. */
export const OBLIGATIONS: readonly Obligation[] = [
  'flow-01-dockerfile-provenance',
  'flow-02-base-images',
  'flow-03-outside-imports',
  'flow-04-inside-imports',
  'flow-05-dockerfile-release',
  'flow-06-public-registry',
  'flow-07-own-registry',
  'flow-08-image-archive',
  'flow-09-recipient-imports-image',
  'flow-10-recipient-builds-dockerfile',
  'flow-11-recipient-pulls-public-layer',
  'flow-12-recipient-pulls-own-layer',
  'flow-13-compressing-layers',
  'image-vetting',
  'content-trust',
  'product-publishing',
];

const mode = z.enum(['off', 'observe', 'advise', 'enforce']);

export const schedule = z
  .union([mode, z.strictObject({ mode, next: mode, from: date })], {
    error: 'must be off, observe, advise or enforce, or {mode, next, from}',
  })
  .describe(
    'A mode, or a mode with the one that follows it from a date on: {mode: advise, next: enforce, from: 2027-01-01}.',
  )
  .meta({ title: 'mode, or {mode, next, from}' });

export const obligationName = z.enum(OBLIGATIONS).meta({ title: 'obligation' });
export const obligationKey = z.union([z.int().min(1).max(13), obligationName]);

/** The number people use for a flow, as the key of `flows`; null for the other obligations. */
function flowNumber(name: Obligation): string | null {
  const number = /^flow-(\d\d)-/.exec(name)?.[1];
  return number === undefined ? null : String(Number(number));
}

export const modesByObligation = z
  .strictObject(
    Object.fromEntries(
      OBLIGATIONS.flatMap((name) => {
        const number = flowNumber(name);
        return [...(number === null ? [] : [number]), name].map((key) => [key, schedule.optional()] as const);
      }),
    ),
  )
  .superRefine((flows, context) => {
    for (const name of OBLIGATIONS) {
      const number = flowNumber(name);
      if (number !== null && flows[number] !== undefined && flows[name] !== undefined)
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `is flow ${number}, which is given already`,
        });
    }
  });
