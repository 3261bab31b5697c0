import type { Lines } from './line.ts';

/** What is wrong with a row of a list of consumers; the field it is about is named beside it. */
export const rowLines = {
  'row-missing': { en: 'is missing', hi: 'नहीं दिया गया है।' },
  'row-id': {
    en: 'may have letters, digits, dot, dash and underscore, at most 64',
    hi: 'में केवल अंग्रेज़ी अक्षर, अंक, बिंदु, - और _ हो सकते हैं, ज़्यादा से ज़्यादा 64।',
  },
  'row-long': { en: 'is longer than {most} characters', hi: '{most} अक्षरों से लंबा है।' },
  'row-degrees': {
    en: 'must be degrees between -{most} and {most}',
    hi: '-{most} और {most} के बीच की डिग्री होनी चाहिए।',
  },
  'row-language': { en: 'must be English or Hindi', hi: 'अंग्रेज़ी या हिन्दी होनी चाहिए।' },
  'row-unreadable': { en: '{message}', hi: 'यह पंक्ति पढ़ी नहीं जा सकी: कॉलम कम या ज़्यादा हैं, या कोई उद्धरण-चिह्न बंद नहीं है।' },
} as const satisfies Lines;
