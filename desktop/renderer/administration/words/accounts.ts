import type { AccountRole } from '../../../../protocol/account.ts';
import type { Scope } from '../../../../protocol/claims.ts';
import type { InBoth } from '../../words/language.ts';

type Asked = Record<'remove' | 'disable' | 'sessions' | 'new-key', Question>;
interface Question {
  title: (name: string) => string;
  text: string;
  button: string;
  done: (name: string) => string;
}

const en = {
  lead: 'Who may sign in, and as what.',
  add: 'Invite somebody',
  addAndInvite: 'Add and make the link',
  edit: (name: string) => `Change ${name}`,
  emptyTitle: 'No accounts yet',
  emptyLead: 'Invite the first dispatcher or driver.',
  you: 'you',
  name: 'Name',
  id: 'Name to sign in by',
  idHint: 'Small letters, digits, dot, dash, underscore. It stays.',
  role: 'Role',
  roles: {
    DELIVERY_PARTNER: 'Driver',
    DISPATCHER: 'Dispatcher',
    ADMIN: 'Administrator',
    INTERNAL_SERVICE: 'Service (a program)',
  } as Record<AccountRole, string>,
  roleHints: {
    DELIVERY_PARTNER: 'Sees his own van, his run and its consumers, on the phone page.',
    DISPATCHER: 'Runs the day: orders, runs, consumers. Sees everything of the agency.',
    ADMIN: 'Everything, with accounts, trackers and settings.',
    INTERNAL_SERVICE: 'Another program, by a key, for what its rights name.',
  } as Record<AccountRole, string>,
  roleNote: 'Another role signs the account out everywhere at once.',
  state: 'Sign-in',
  signIn: { ready: 'can sign in', invited: 'invited', none: 'not invited yet' },
  disabled: 'switched off',
  phone: 'Telephone',
  phoneHint: 'The link is sent there too, where messages are set up.',
  language: 'Language',
  agencyLanguage: 'as the agency',
  scopes: 'Rights',
  scopeNames: {
    'positions:write': 'send positions',
    'positions:read': 'read positions',
    'events:read': 'read events',
    'places:write': 'change places',
  } as Record<Scope, string>,
  invite: 'Invitation link',
  resetLink: 'Link for a new password',
  newKey: 'New key',
  endSessions: 'Sign out everywhere',
  disable: 'Switch off',
  enable: 'Switch on',
  isEnabled: (name: string) => `${name} can sign in again.`,
  confirm: {
    remove: {
      title: (name) => `Remove ${name}?`,
      text: 'It is signed out everywhere; name, telephone and password are erased. What it did stays in the record.',
      button: 'Remove',
      done: (name) => `${name} is removed.`,
    },
    disable: {
      title: (name) => `Switch ${name} off?`,
      text: 'It is signed out everywhere within a second and cannot sign in until it is switched on again.',
      button: 'Switch off',
      done: (name) => `${name} is switched off.`,
    },
    sessions: {
      title: (name) => `Sign ${name} out everywhere?`,
      text: 'Every phone and computer has to sign in again. Do this when one was lost.',
      button: 'Sign out everywhere',
      done: (name) => `${name} is signed out everywhere.`,
    },
    'new-key': {
      title: (name) => `A new key for ${name}?`,
      text: 'The old key and its tokens are refused from then on.',
      button: 'Make a new key',
      done: (name) => `${name} has a new key.`,
    },
  } as Asked,
  invited: {
    title: (login: string) => `Link for ${login}`,
    text: (until: string) =>
      `Whoever opens it sets the password. It is good once, until ${until}, and shown this once.`,
    link: 'Invitation link',
    sent: 'It was sent to the telephone too.',
    notSent: 'Send it yourself, to this person alone.',
  },
  key: { title: (id: string) => `Key for ${id}`, text: 'It is shown this once. Keep it in a safe place.', name: 'Key' },
};

const hi: typeof en = {
  lead: 'कौन साइन इन कर सकता है, और किस रूप में।',
  add: 'किसी को बुलाएँ',
  addAndInvite: 'जोड़ें और लिंक बनाएँ',
  edit: (name) => `${name} बदलें`,
  emptyTitle: 'अभी कोई खाता नहीं',
  emptyLead: 'पहले डिस्पैचर या ड्राइवर को बुलाएँ।',
  you: 'आप',
  name: 'नाम',
  id: 'साइन-इन का नाम',
  idHint: 'छोटे अंग्रेज़ी अक्षर, अंक, बिंदु, डैश, अंडरस्कोर। यह नहीं बदलता।',
  role: 'भूमिका',
  roles: {
    DELIVERY_PARTNER: 'ड्राइवर',
    DISPATCHER: 'डिस्पैचर',
    ADMIN: 'प्रशासक',
    INTERNAL_SERVICE: 'सेवा (प्रोग्राम)',
  },
  roleHints: {
    DELIVERY_PARTNER: 'फ़ोन के पन्ने पर अपनी वैन, अपना फेरा और उसके ग्राहक देखता है।',
    DISPATCHER: 'दिन चलाता है: ऑर्डर, फेरे, ग्राहक। एजेंसी का सब कुछ देखता है।',
    ADMIN: 'सब कुछ, खाते, ट्रैकर और सेटिंग भी।',
    INTERNAL_SERVICE: 'कोई और प्रोग्राम, कुंजी से, केवल दिए गए अधिकारों के लिए।',
  },
  roleNote: 'भूमिका बदलते ही खाता हर जगह से साइन आउट हो जाता है।',
  state: 'साइन-इन',
  signIn: { ready: 'साइन इन कर सकते हैं', invited: 'बुलाया गया', none: 'अभी बुलाया नहीं' },
  disabled: 'बंद है',
  phone: 'फ़ोन',
  phoneHint: 'जहाँ संदेश चालू हैं, लिंक वहाँ भी जाता है।',
  language: 'भाषा',
  agencyLanguage: 'एजेंसी जैसी',
  scopes: 'अधिकार',
  scopeNames: {
    'positions:write': 'स्थिति भेजना',
    'positions:read': 'स्थिति पढ़ना',
    'events:read': 'घटनाएँ पढ़ना',
    'places:write': 'स्थान बदलना',
  },
  invite: 'बुलावे का लिंक',
  resetLink: 'नए पासवर्ड का लिंक',
  newKey: 'नई कुंजी',
  endSessions: 'हर जगह से साइन आउट',
  disable: 'बंद करें',
  enable: 'चालू करें',
  isEnabled: (name) => `${name} फिर साइन इन कर सकते हैं।`,
  confirm: {
    remove: {
      title: (name) => `${name} को हटाएँ?`,
      text: 'खाता हर जगह से साइन आउट होगा; नाम, फ़ोन और पासवर्ड मिट जाएँगे। उसने जो किया, वह दर्ज रहेगा।',
      button: 'हटाएँ',
      done: (name) => `${name} हटा दिया गया।`,
    },
    disable: {
      title: (name) => `${name} को बंद करें?`,
      text: 'खाता एक सेकंड में हर जगह से साइन आउट होगा और चालू होने तक साइन इन नहीं कर सकेगा।',
      button: 'बंद करें',
      done: (name) => `${name} बंद है।`,
    },
    sessions: {
      title: (name) => `${name} को हर जगह से साइन आउट करें?`,
      text: 'हर फ़ोन और कंप्यूटर पर फिर साइन इन करना होगा। कोई खो जाए तो यह करें।',
      button: 'हर जगह से साइन आउट',
      done: (name) => `${name} हर जगह से साइन आउट हैं।`,
    },
    'new-key': {
      title: (name) => `${name} के लिए नई कुंजी?`,
      text: 'पुरानी कुंजी और उसके टोकन तब से नहीं चलेंगे।',
      button: 'नई कुंजी बनाएँ',
      done: (name) => `${name} की नई कुंजी बन गई।`,
    },
  },
  invited: {
    title: (login) => `${login} के लिए लिंक`,
    text: (until) => `जो इसे खोले, वह पासवर्ड रखता है। यह एक ही बार, ${until} तक चलता है, और बस इसी बार दिखता है।`,
    link: 'बुलावे का लिंक',
    sent: 'यह फ़ोन पर भी भेजा गया।',
    notSent: 'इसे आप ही भेजें, केवल इसी व्यक्ति को।',
  },
  key: { title: (id) => `${id} की कुंजी`, text: 'यह बस इसी बार दिखती है। सुरक्षित जगह रखें।', name: 'कुंजी' },
};

export const accountsWords: InBoth<typeof en> = { en, hi };
