import { useMutation, type UseMutationResult } from '@tanstack/react-query'
import { call } from './api.ts'

/** A file that was uploaded. */
export interface UploadedFile {
  readonly id: string
  readonly name: string
  readonly mediaType: string
  readonly size: number
}

/** Uploads a file. */
export const useUpload = (): UseMutationResult<UploadedFile, unknown, File> =>
  useMutation({
    mutationFn: (file) => {
      const content = new FormData()
      content.append('file', file)
      return call<UploadedFile>('POST', '/files', { raw: { content } })
    },
  })
