const KEPT = 'nabat-letters'

/** Whether single letters are commands on this device. */
export const lettersAreCommands = (): boolean => localStorage.getItem(KEPT) !== 'off'

/** Remembers it on this device. */
export const setLettersAreCommands = (on: boolean): void =>
  on ? localStorage.removeItem(KEPT) : localStorage.setItem(KEPT, 'off')
