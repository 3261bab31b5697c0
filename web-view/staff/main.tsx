/** @jsxImportSource preact */
import '../shared/page.css';
import { render } from 'preact';
import type { Language } from '../../protocol/consumer-words.ts';
import { StaffPage } from './StaffPage.tsx';

const main = document.getElementById('page') as HTMLElement;
const language: Language = navigator.language.startsWith('hi') ? 'hi' : 'en';
document.documentElement.lang = language;
main.textContent = '';
render(<StaffPage language={language} />, main);
