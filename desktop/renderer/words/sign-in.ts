import type { InBoth } from './language.ts';

const en = {
  server: {
    title: 'Where is your server?',
    lead: 'The address at which your agency runs Vantrail. Whoever set it up knows it.',
    address: 'Address',
    example: 'dispatch.example.in',
    enter: 'Go on',
    leave: 'Back',
    at: (server: string) => `Server: ${server}.`,
    change: 'Change',
  },
  signIn: {
    title: 'Sign in',
    lead: 'With the name and password of your agency.',
    expired: 'You were signed out. Sign in again to go on.',
    login: 'Name',
    loginExample: 'name@agency',
    password: 'Password',
    enter: 'Sign in',
    forgotten: 'Forgotten the password? Your administrator can send you a link to set another one.',
    wrong: 'The name or the password is not right.',
    unreachable: 'The daemon cannot be reached. Check the network and try again.',
    /** where only the status is known: by way of the desktop app */
    refused: (status: number | undefined) =>
      ({ 422: 'Choose another password.', 429: 'Too many attempts. Wait a little and try again.' })[status ?? 0] ??
      'That could not be done. Try again.',
    looking: 'One moment …',
    deadTitle: 'This link is no longer good',
    dead: 'It was used already, or is too old. Ask whoever sent it for another one.',
    setTitle: (agency: string) => `Welcome to ${agency}`,
    set: (login: string) => `Set the password for ${login}. The link is good once.`,
    newPassword: 'New password',
    rule: (shortest: number) => `${shortest} characters or more; three or four words are good.`,
    again: 'Once more',
    differ: 'The two passwords differ.',
    setAndEnter: 'Set password and sign in',
    out: 'Sign out',
  },
};

const hi: typeof en = {
  server: {
    title: 'आपका सर्वर कहाँ है?',
    lead: 'वह पता जहाँ आपकी एजेंसी का Vantrail चलता है। जिसने इसे लगाया, वे जानते हैं।',
    address: 'पता',
    example: 'dispatch.example.in',
    enter: 'आगे बढ़ें',
    leave: 'वापस',
    at: (server: string) => `सर्वर: ${server}`,
    change: 'बदलें',
  },
  signIn: {
    title: 'साइन इन',
    lead: 'अपनी एजेंसी के नाम और पासवर्ड से।',
    expired: 'आप साइन आउट हो गए थे। आगे बढ़ने के लिए फिर साइन इन करें।',
    login: 'नाम',
    loginExample: 'name@agency',
    password: 'पासवर्ड',
    enter: 'साइन इन करें',
    forgotten: 'पासवर्ड भूल गए? आपके प्रशासक नया पासवर्ड रखने का लिंक भेज सकते हैं।',
    wrong: 'नाम या पासवर्ड सही नहीं है।',
    unreachable: 'सर्वर से संपर्क नहीं हो रहा। नेटवर्क देखें और फिर कोशिश करें।',
    refused: (status) =>
      ({ 422: 'यह पासवर्ड कमज़ोर है; दूसरा चुनें।', 429: 'बहुत बार कोशिश हुई। थोड़ा रुककर फिर करें।' })[status ?? 0] ??
      'यह नहीं हो सका। फिर कोशिश करें।',
    looking: 'एक क्षण …',
    deadTitle: 'यह लिंक अब काम का नहीं',
    dead: 'यह इस्तेमाल हो चुका है या बहुत पुराना है। जिसने भेजा, उनसे नया लिंक माँगें।',
    setTitle: (agency: string) => `${agency} में आपका स्वागत है`,
    set: (login: string) => `${login} का पासवर्ड रखें। यह लिंक एक ही बार चलता है।`,
    newPassword: 'नया पासवर्ड',
    rule: (shortest: number) => `कम से कम ${shortest} अक्षर; तीन-चार शब्द अच्छे रहते हैं।`,
    again: 'एक बार और',
    differ: 'दोनों पासवर्ड अलग हैं।',
    setAndEnter: 'पासवर्ड रखें और साइन इन करें',
    out: 'साइन आउट',
  },
};

export const signInWords: InBoth<typeof en> = { en, hi };
