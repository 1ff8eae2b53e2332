import { Type, type Static } from 'typebox'

/** What an import of people did, or would do. */
export const ImportReport = Type.Object({
  columns: Type.Array(
    Type.Object({
      header: Type.String({ description: 'As the file has it' }),
      field: Type.Union([Type.String(), Type.Null()], { description: 'What it is taken for; null: it is left out' }),
    }),
  ),
  rows: Type.Array(
    Type.Object({
      line: Type.Integer({ description: 'Line of the file, the headers are in the first' }),
      action: Type.Enum(['create', 'change', 'same', 'error']),
      login: Type.Union([Type.String(), Type.Null()]),
      name: Type.Union([Type.String(), Type.Null()]),
      problems: Type.Array(Type.String(), { description: 'What is wrong with it, in words' }),
      fields: Type.Array(
        Type.Object({
          field: Type.String(),
          before: Type.Union([Type.String(), Type.Null()], { description: 'Null: it was not filled in' }),
          after: Type.String(),
        }),
        { description: 'What becomes of the card, and the groups it joins' },
      ),
    }),
  ),
  groups: Type.Array(Type.String(), { description: 'Groups that are made because rows name them' }),
  created: Type.Integer(),
  changed: Type.Integer(),
  same: Type.Integer(),
  failed: Type.Integer(),
  written: Type.Boolean({ description: 'False for a preview, and when a row is wrong: then nothing is written' }),
})
export type ImportReport = Static<typeof ImportReport>
