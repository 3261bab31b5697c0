import type { Language } from '../../protocol/consumer-words.ts';

/** What the driver's page says. A language that lacks one of these does not compile. */
export interface DriveWords {
  title: string;
  signIn: { title: string; login: string; password: string; enter: string; wrong: string; slow: string };
  invitation: {
    title: (agency: string) => string;
    login: string;
    password: string;
    set: string;
    dead: string;
    weak: string;
  };
  notDriver: string;
  noVan: string;
  empty: string;
  network: { sent: string; waiting: (acts: number) => string; offline: string; signInAgain: string; send: string };
  setOut: (orders: number) => string;
  next: string;
  stop: (number: number) => string;
  cylinders: (count: number) => string;
  states: Record<'booked' | 'assigned' | 'out-for-delivery' | 'delivered' | 'failed' | 'cancelled', string>;
  atDoor: string;
  away: string;
  unsent: string;
  unknownConsumer: string;
  navigate: string;
  call: string;
  start: string;
  arrived: string;
  deliver: string;
  fail: string;
  code: string;
  codeShort: string;
  codeSlip: string;
  empties: string;
  less: string;
  more: string;
  handOver: string;
  noCode: string;
  reason: string;
  reasons: { nobody: string; refused: string; address: string; noMoney: string };
  noCodeReasons: { telephone: string; absent: string };
  back: string;
  map: string;
  stops: string;
  refused: Record<'wrong-code' | 'mistyped-code' | 'code-locked' | 'other', string>;
  conflict: {
    title: string;
    text: (act: string, order: string) => string;
    call: string;
    seen: string;
    over: string;
    settled: (act: string, order: string) => string;
    taken: string;
    notTaken: string;
    understood: string;
  };
  acts: Record<'start' | 'arrive' | 'deliver' | 'fail', string>;
  position: {
    start: string;
    stop: string;
    on: (time: string) => string;
    kept: (fixes: number) => string;
    silent: string;
    refused: string;
    stopped: (from: string, until: string) => string;
    noPhone: string;
    saving: string;
  };
  update: string;
  signOut: string;
  language: string;
  loading: string;
}

const en: DriveWords = {
  title: 'Today’s run',
  signIn: {
    title: 'Sign in',
    login: 'Name (name@agency)',
    password: 'Password',
    enter: 'Sign in',
    wrong: 'The name or the password is not right.',
    slow: 'Too many attempts. Please wait a few minutes.',
  },
  invitation: {
    title: (agency) => `Welcome to ${agency}`,
    login: 'You sign in as',
    password: 'Choose a password (10 characters or more)',
    set: 'Set password and begin',
    dead: 'This link is no longer good. Ask the agency for another one.',
    weak: 'Choose another password:',
  },
  notDriver: 'This page is for drivers. Your account is another one.',
  noVan: 'You are on no van at the moment. The agency can change that.',
  empty: 'There are no stops on your run.',
  network: {
    sent: 'Everything is sent',
    waiting: (acts) => (acts === 1 ? '1 act waits to be sent' : `${acts} acts wait to be sent`),
    offline: 'No network. Go on: it is all kept and sent later.',
    signInAgain: 'Sign in again, so that what is kept can be sent.',
    send: 'Send now',
  },
  setOut: (orders) => (orders === 1 ? 'Set out with 1 order' : `Set out with ${orders} orders`),
  next: 'Next stop',
  stop: (number) => `Stop ${number}`,
  cylinders: (count) => (count === 1 ? '1 cylinder' : `${count} cylinders`),
  states: {
    booked: 'not on this run',
    assigned: 'not set out yet',
    'out-for-delivery': 'on its way',
    delivered: 'delivered',
    failed: 'not delivered',
    cancelled: 'cancelled',
  },
  atDoor: 'at the door',
  away: 'Says: not at home today',
  unsent: 'not sent yet',
  unknownConsumer: 'Consumer',
  navigate: 'Navigate',
  call: 'Call',
  start: 'Set out',
  arrived: 'I am at the door',
  deliver: 'Hand over',
  fail: 'Could not deliver',
  code: 'Delivery code',
  codeShort: 'The code has 6 digits.',
  codeSlip: 'A digit is wrong, or two are exchanged. Ask again.',
  empties: 'Empty cylinders taken back',
  less: 'One less',
  more: 'One more',
  handOver: 'Delivered',
  noCode: 'There is no code',
  reason: 'Why?',
  reasons: { nobody: 'nobody at home', refused: 'refused', address: 'address not found', noMoney: 'not paid' },
  noCodeReasons: { telephone: 'telephone is off or broken', absent: 'somebody else took it' },
  back: 'Back',
  map: 'Map',
  stops: 'All stops',
  refused: {
    'wrong-code': 'That is not the code of this order. Ask again.',
    'mistyped-code': 'A digit is wrong, or two are exchanged. Ask again.',
    'code-locked': 'Too many wrong codes. Wait ten minutes, or hand over without a code.',
    other: 'The agency’s computer did not take it:',
  },
  conflict: {
    title: 'The agency has changed something',
    text: (act, order) => `“${act}” for ${order} was not taken, because the order is another now. Ask the dispatcher.`,
    call: 'Call the agency',
    seen: 'I have asked',
    over: 'The agency has settled it',
    settled: (act, order) => `“${act}” for ${order}: the agency has settled it.`,
    taken: 'It counts as you told it.',
    notTaken: 'It does not count.',
    understood: 'OK',
  },
  acts: { start: 'Set out', arrive: 'At the door', deliver: 'Delivered', fail: 'Could not deliver' },
  position: {
    start: 'Send my position',
    stop: 'Stop sending my position',
    on: (time) => `Your position is being sent. Last: ${time}`,
    kept: (fixes) => `${fixes} positions are kept for later`,
    silent: 'Your phone is not telling its position. Keep this page open and the screen on.',
    refused: 'Your phone does not give this page its position. Allow it in the settings of the browser.',
    stopped: (from, until) => `Your phone stopped this page from ${from} to ${until}. Your position was not sent.`,
    noPhone: 'The agency has not set up your phone for positions yet.',
    saving: 'Battery low: sent less often',
  },
  update: 'A new version is here. Tap to use it.',
  signOut: 'Sign out',
  language: 'हिन्दी',
  loading: 'Loading …',
};

const hi: DriveWords = {
  title: 'आज का रन',
  signIn: {
    title: 'साइन इन करें',
    login: 'नाम (name@agency)',
    password: 'पासवर्ड',
    enter: 'साइन इन करें',
    wrong: 'नाम या पासवर्ड सही नहीं है।',
    slow: 'बहुत बार कोशिश हुई। कृपया कुछ मिनट रुकें।',
  },
  invitation: {
    title: (agency) => `${agency} में आपका स्वागत है`,
    login: 'आपका साइन इन नाम',
    password: 'पासवर्ड चुनें (कम से कम 10 अक्षर)',
    set: 'पासवर्ड रखें और शुरू करें',
    dead: 'यह लिंक अब मान्य नहीं है। एजेंसी से नया लिंक माँगें।',
    weak: 'दूसरा पासवर्ड चुनें:',
  },
  notDriver: 'यह पेज ड्राइवरों के लिए है। आपका खाता दूसरा है।',
  noVan: 'अभी आपकी कोई गाड़ी नहीं है। एजेंसी इसे बदल सकती है।',
  empty: 'आपके रन पर कोई पड़ाव नहीं है।',
  network: {
    sent: 'सब कुछ भेज दिया गया',
    waiting: (acts) => `${acts} काम भेजे जाने बाकी हैं`,
    offline: 'नेटवर्क नहीं है। काम जारी रखें: सब सुरक्षित है, बाद में भेजा जाएगा।',
    signInAgain: 'फिर से साइन इन करें, ताकि बचा हुआ भेजा जा सके।',
    send: 'अभी भेजें',
  },
  setOut: (orders) => `${orders} ऑर्डर के साथ निकलें`,
  next: 'अगला पड़ाव',
  stop: (number) => `पड़ाव ${number}`,
  cylinders: (count) => `${count} सिलेंडर`,
  states: {
    booked: 'इस रन पर नहीं',
    assigned: 'अभी नहीं निकला',
    'out-for-delivery': 'रास्ते में',
    delivered: 'दे दिया',
    failed: 'नहीं दे सके',
    cancelled: 'रद्द',
  },
  atDoor: 'दरवाज़े पर',
  away: 'कहते हैं: आज घर पर नहीं',
  unsent: 'अभी भेजा नहीं गया',
  unknownConsumer: 'ग्राहक',
  navigate: 'रास्ता',
  call: 'फ़ोन',
  start: 'निकलें',
  arrived: 'मैं दरवाज़े पर हूँ',
  deliver: 'सौंपें',
  fail: 'नहीं दे सके',
  code: 'डिलीवरी कोड',
  codeShort: 'कोड में 6 अंक होते हैं।',
  codeSlip: 'कोई अंक गलत है, या दो अंक बदल गए हैं। फिर से पूछें।',
  empties: 'वापस लिए खाली सिलेंडर',
  less: 'एक कम',
  more: 'एक और',
  handOver: 'दे दिया',
  noCode: 'कोड नहीं है',
  reason: 'क्यों?',
  reasons: { nobody: 'घर पर कोई नहीं', refused: 'लेने से मना किया', address: 'पता नहीं मिला', noMoney: 'पैसे नहीं दिए' },
  noCodeReasons: { telephone: 'फ़ोन बंद या खराब', absent: 'किसी और ने लिया' },
  back: 'वापस',
  map: 'नक्शा',
  stops: 'सारे पड़ाव',
  refused: {
    'wrong-code': 'यह इस ऑर्डर का कोड नहीं है। फिर से पूछें।',
    'mistyped-code': 'कोई अंक गलत है, या दो अंक बदल गए हैं। फिर से पूछें।',
    'code-locked': 'बहुत बार गलत कोड। दस मिनट रुकें, या बिना कोड के सौंपें।',
    other: 'एजेंसी के कंप्यूटर ने इसे नहीं लिया:',
  },
  conflict: {
    title: 'एजेंसी ने कुछ बदला है',
    text: (act, order) => `${order} के लिए “${act}” नहीं लिया गया, क्योंकि ऑर्डर बदल गया है। एजेंसी से पूछें।`,
    call: 'एजेंसी को फ़ोन करें',
    seen: 'मैंने पूछ लिया',
    over: 'एजेंसी ने निपटा दिया',
    settled: (act, order) => `${order} के लिए “${act}”: एजेंसी ने इसे निपटा दिया है।`,
    taken: 'आपकी बात मान ली गई।',
    notTaken: 'यह नहीं माना गया।',
    understood: 'ठीक है',
  },
  acts: { start: 'निकले', arrive: 'दरवाज़े पर', deliver: 'दे दिया', fail: 'नहीं दे सके' },
  position: {
    start: 'मेरी स्थिति भेजें',
    stop: 'स्थिति भेजना बंद करें',
    on: (time) => `आपकी स्थिति भेजी जा रही है। पिछली: ${time}`,
    kept: (fixes) => `${fixes} स्थितियाँ बाद के लिए रखी हैं`,
    silent: 'आपका फ़ोन अपनी स्थिति नहीं बता रहा। यह पेज खुला और स्क्रीन चालू रखें।',
    refused: 'आपका फ़ोन इस पेज को स्थिति नहीं दे रहा। ब्राउज़र की सेटिंग में अनुमति दें।',
    stopped: (from, until) => `फ़ोन ने यह पेज ${from} से ${until} तक रोक दिया। आपकी स्थिति नहीं भेजी गई।`,
    noPhone: 'एजेंसी ने अभी आपका फ़ोन स्थिति के लिए नहीं जोड़ा है।',
    saving: 'बैटरी कम: कम बार भेजा जा रहा है',
  },
  update: 'नया संस्करण आ गया है। उपयोग के लिए छुएँ।',
  signOut: 'साइन आउट करें',
  language: 'English',
  loading: 'खुल रहा है …',
};

export const driveWords: Record<Language, DriveWords> = { en, hi };
