import { Button } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { partsWords } from '../words/parts.ts';
import { spoken } from '../words/spoken.ts';

/** Where a file is dropped, or chosen. */
export function FileDrop({ accept, text, choose }: { accept: string; text: string; choose: (file: File) => void }) {
  const say = spoken(partsWords);
  const field = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file !== undefined) choose(file);
  };
  return (
    <section
      className="file-drop"
      aria-label={say.file}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <IconUpload size={30} aria-hidden="true" />
      <p>{text}</p>
      <Button className="primary" data-autofocus onClick={() => field.current?.click()}>
        {say.chooseFile}
      </Button>
      <input
        ref={field}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={say.file}
        accept={accept}
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          currentTarget.value = '';
        }}
      />
    </section>
  );
}
