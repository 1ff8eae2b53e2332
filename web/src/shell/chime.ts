const HERTZ = [880, 1_175] as const
const LASTS_S = 0.14
const LOUDNESS = 0.06

/** Two soft tones, made here: there is no file to load. Silent until somebody has touched the page, as browsers want it. */
export function chime(): void {
  try {
    const context = new AudioContext()
    const volume = context.createGain()
    volume.gain.value = LOUDNESS
    volume.connect(context.destination)
    for (const [n, hertz] of HERTZ.entries()) {
      const tone = context.createOscillator()
      tone.frequency.value = hertz
      tone.connect(volume)
      tone.start(context.currentTime + n * LASTS_S)
      tone.stop(context.currentTime + (n + 1) * LASTS_S)
      if (n === HERTZ.length - 1) tone.addEventListener('ended', () => void context.close())
    }
  } catch {
    // No sound then.
  }
}
