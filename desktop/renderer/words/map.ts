import type { InBoth } from './language.ts';

const en = {
  map: {
    label: 'Map of vans and consumers',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    showAll: 'Show all vans (A)',
    loading: 'Loading the map',
    noWebGl: 'This browser cannot draw the map (WebGL 2 is missing). The list works without it.',
    landOnly: 'The base map could not be loaded. Land outlines are shown instead; vans are not affected.',
    failed: 'The map could not be loaded. Reload the page; the list works without it.',
    landAttribution: 'Land: Natural Earth',
  },
};

const hi: typeof en = {
  map: {
    label: 'वैन और ग्राहकों का नक्शा',
    zoomIn: 'पास लाएँ',
    zoomOut: 'दूर करें',
    showAll: 'सभी वैन दिखाएँ (A)',
    loading: 'नक्शा लोड हो रहा है',
    noWebGl: 'यह ब्राउज़र नक्शा नहीं बना सकता (WebGL 2 नहीं है)। सूची इसके बिना चलती है।',
    landOnly: 'आधार नक्शा लोड नहीं हो सका। उसकी जगह ज़मीन की रूपरेखा है; वैन पर कोई असर नहीं।',
    failed: 'नक्शा लोड नहीं हो सका। पेज फिर लोड करें; सूची इसके बिना चलती है।',
    landAttribution: 'ज़मीन: Natural Earth',
  },
};

export const mapWords: InBoth<typeof en> = { en, hi };
