import type { InBoth } from './language.ts';

const en = {
  palette: {
    open: 'Find anything by name',
    label: 'Find an action, a van, a consumer, an order or a place',
    placeholder: 'Actions, vans, consumers, orders, places',
    results: 'Found',
    none: 'Nothing has that name',
    hint: 'Enter to choose, Esc to close',
    of: {
      action: 'Action',
      van: 'Van',
      consumer: 'Consumer',
      order: 'Order',
      zone: 'Zone',
      place: 'Place',
    },
    recent: 'Recent',
    order: (id: string, who: string) => (who === '' ? `Order ${id}` : `Order ${id} · ${who}`),
  },
  keyGroups: {
    actions: 'Everywhere',
    list: 'In the lists',
    move: 'Move up and down',
    first: 'To the first and to the last',
    search: 'From the search into the list',
    select: 'Select, and show on the map',
    withCtrl: 'Ctrl',
  },
};

const hi: typeof en = {
  palette: {
    open: 'नाम से कुछ भी खोजें',
    label: 'काम, वैन, ग्राहक, ऑर्डर या जगह खोजें',
    placeholder: 'काम, वैन, ग्राहक, ऑर्डर, जगह',
    results: 'मिला',
    none: 'इस नाम का कुछ नहीं',
    hint: 'चुनने के लिए Enter, बंद करने के लिए Esc',
    of: {
      action: 'काम',
      van: 'वैन',
      consumer: 'ग्राहक',
      order: 'ऑर्डर',
      zone: 'क्षेत्र',
      place: 'जगह',
    },
    recent: 'हाल के',
    order: (id: string, who: string) => (who === '' ? `ऑर्डर ${id}` : `ऑर्डर ${id} · ${who}`),
  },
  keyGroups: {
    actions: 'हर जगह',
    list: 'सूचियों में',
    move: 'ऊपर और नीचे',
    first: 'पहले और आख़िरी पर',
    search: 'खोज से सूची में',
    select: 'चुनें और नक्शे पर दिखाएँ',
    withCtrl: 'Ctrl',
  },
};

export const paletteWords: InBoth<typeof en> = { en, hi };
