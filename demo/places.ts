/*
 * What the company of the demonstration looks after: video servers, residential houses, cameras.
 */

/** A house whose cameras are watched. */
export interface House {
  /** As messages name it. */
  readonly object: string
  readonly address: string
  /** The uplink of its cameras. */
  readonly segment: string
  readonly server: string
  readonly cameras: readonly string[]
}

/** Where cameras hang, in the order in which a house gets them. */
const SPOTS = ['подъезд 1', 'двор', 'парковка', 'подъезд 2'] as const
const SPOTS_OF_THE_LARGEST = [
  'въезд',
  'выезд',
  ...Array.from({ length: 8 }, (_, index) => `подъезд ${index + 1}`),
  'двор, север',
  'двор, юг',
  'паркинг −1',
  'паркинг −2',
  'детская площадка',
  'мусорная площадка',
]

const HOUSES_BY_ADDRESS = [
  ['ЖК «Северный парк»', 'Москва, Северная, 12'],
  ['Лесная, 3', 'Москва, Лесная, 3'],
  ['Лесная, 5', 'Москва, Лесная, 5'],
  ['Речная, 18', 'Москва, Речная, 18'],
  ['Речная, 20', 'Москва, Речная, 20'],
  ['Заводская, 7', 'Москва, Заводская, 7'],
  ['Заводская, 9к2', 'Москва, Заводская, 9, корпус 2'],
  ['Мира, 41', 'Москва, проспект Мира, 41'],
  ['Мира, 43', 'Москва, проспект Мира, 43'],
  ['Полярная, 2', 'Москва, Полярная, 2'],
  ['Полярная, 8', 'Москва, Полярная, 8'],
  ['Озёрная, 1', 'Москва, Озёрная, 1'],
] as const

/** The video servers. */
export const SERVERS = ['video-1', 'video-2', 'video-3'] as const

/** Twelve houses; the first is a whole quarter with sixteen of the sixty cameras. */
export const HOUSES: readonly House[] = HOUSES_BY_ADDRESS.map(([object, address], index) => {
  const spots = index === 0 ? SPOTS_OF_THE_LARGEST : SPOTS
  const first = index === 0 ? 1 : 17 + (index - 1) * SPOTS.length
  return {
    object,
    address,
    segment: `10.15.${index + 1}.0/24`,
    server: SERVERS[index % SERVERS.length]!,
    // A number makes a name nobody else has.
    cameras: spots.map((spot, at) => `К-${String(first + at).padStart(2, '0')} ${spot}`),
  }
})

/** The house of a camera; throws for a camera that nobody has. */
export function houseOf(camera: string): House {
  const house = HOUSES.find(({ cameras }) => cameras.includes(camera))
  if (house === undefined) throw new Error(`there is no camera ${camera}`)
  return house
}

/** All sixty. */
export const CAMERAS: readonly string[] = HOUSES.flatMap(({ cameras }) => cameras)
