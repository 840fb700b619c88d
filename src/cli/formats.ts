// In which formats each command reports.

export const CHECK_FORMATS = ['text', 'json', 'markdown', 'sarif'] as const;

export const DELIVERY_FORMATS = ['text', 'json'] as const;

export const VET_FORMATS = ['text', 'json', 'markdown'] as const;
