import type { InBoth } from './language.ts';

const en = {
  link: {
    connecting: 'Connecting',
    'catching-up': 'Catching up',
    live: 'Live',
    liveDelay: (age: string) => `newest position ${age}`,
    offlineSince: (time: string) => `Offline since ${time}`,
    refused: 'Sign-in refused',
    retryIn: (seconds: number) => (seconds > 0 ? `next try in ${seconds} s` : 'trying now'),
    staleNote: 'Positions below are the last ones received, not where the vans are now.',
    connectingNote: 'Reaching the daemon.',
    catchingUpNote: 'Receiving what happened meanwhile.',
    pictureNote: (time: string, age: string) => `The last picture this computer has, of ${time} (${age}).`,
    refusedNote: 'Sign in again to go on.',
    titleMoving: (n: number) => `${n} moving`,
  },
  top: {
    clock: (zone: string) => `Time at the agency (${zone})`,
    counts: 'Vans by status',
    toDark: 'Switch to dark colours',
    toLight: 'Switch to light colours',
    language: 'हिन्दी',
    help: 'Keyboard shortcuts',
    openPanel: 'Show the van list',
    closePanel: 'Hide the van list',
  },
  notices: {
    putAway: 'Put away',
    unknown: (kind: string, id: string) => `There is no ${kind} ${id} that you may see.`,
    memoryOnly: (why: string) => `${why} The sign-in is kept in memory only, and ends with the app.`,
  },
  keys: {
    title: 'Keyboard shortcuts',
    search: 'Search',
    move: 'Move in the list',
    select: 'Select, and show on the map',
    follow: 'Follow the selected van',
    all: 'Show all vans on the map',
    close: 'Close the card, clear the search',
    help: 'This list',
  },
};

const hi: typeof en = {
  link: {
    connecting: 'जुड़ रहा है',
    'catching-up': 'बीच की जानकारी आ रही है',
    live: 'लाइव',
    liveDelay: (age: string) => `सबसे नई स्थिति ${age}`,
    offlineSince: (time: string) => `${time} से ऑफ़लाइन`,
    refused: 'साइन-इन अस्वीकृत',
    retryIn: (seconds: number) => (seconds > 0 ? `${seconds} से. में फिर कोशिश` : 'अभी कोशिश हो रही है'),
    staleNote: 'नीचे की स्थितियाँ आख़िरी मिली हुई हैं, वैन अब कहीं और हो सकती हैं।',
    connectingNote: 'सर्वर से संपर्क किया जा रहा है।',
    catchingUpNote: 'इस बीच जो हुआ, वह आ रहा है।',
    pictureNote: (time: string, age: string) => `इस कंप्यूटर की आख़िरी तस्वीर, ${time} की (${age})।`,
    refusedNote: 'आगे बढ़ने के लिए फिर साइन इन करें।',
    titleMoving: (n: number) => `${n} चल रही`,
  },
  top: {
    clock: (zone: string) => `एजेंसी का समय (${zone})`,
    counts: 'स्थिति के अनुसार वैन',
    toDark: 'गहरे रंग',
    toLight: 'हल्के रंग',
    language: 'English',
    help: 'कीबोर्ड शॉर्टकट',
    openPanel: 'वैन सूची दिखाएँ',
    closePanel: 'वैन सूची छिपाएँ',
  },
  notices: {
    putAway: 'हटाएँ',
    unknown: (kind: string, id: string) => `ऐसा कुछ नहीं है जिसे आप देख सकें: ${kind} ${id}`,
    memoryOnly: (why: string) => `${why} साइन-इन केवल मेमोरी में है और ऐप के साथ समाप्त होगा।`,
  },
  keys: {
    title: 'कीबोर्ड शॉर्टकट',
    search: 'खोजें',
    move: 'सूची में ऊपर-नीचे',
    select: 'चुनें और नक्शे पर दिखाएँ',
    follow: 'चुनी हुई वैन के साथ चलें',
    all: 'सभी वैन नक्शे पर दिखाएँ',
    close: 'कार्ड बंद करें, खोज मिटाएँ',
    help: 'यह सूची',
  },
};

export const frameWords: InBoth<typeof en> = { en, hi };
