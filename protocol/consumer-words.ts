/**
 * What the consumer's page says, in every language it speaks. The daemon writes the first words into the page, and the
 * page itself keeps them right, so both read them here. A language that lacks one of them does not compile.
 */
export type Language = 'en' | 'hi';
export const languages: readonly Language[] = ['en', 'hi'];

/** Times arrive as they are to be shown. */
export interface ConsumerWords {
  title: string;
  booked: string;
  bookedDetail: (by: string) => string;
  assigned: string;
  assignedDetail: string;
  out: string;
  nextStop: string;
  stopsBefore: (stops: number) => string;
  between: (from: string, until: string) => string;
  arrived: string;
  arrivedDetail: string;
  delivered: string;
  deliveredDetail: (agency: string) => string;
  failed: string;
  failedDetail: string;
  cancelled: string;
  cancelledDetail: string;
  receipt: string;
  receiptTime: string;
  receiptFull: string;
  receiptEmpties: string;
  receiptOrder: string;
  positionAge: (minutes: number) => string;
  positionNone: string;
  away: string;
  late: string;
  live: string;
  offline: (since: string) => string;
  restarting: string;
  scriptless: string;
  map: {
    title: string;
    asList: string;
    van: (metres: string, minutes: number) => string;
    vanUnknown: string;
    home: string;
    homeUnknown: string;
    own: string;
    loading: string;
    blocked: string;
    show: string;
    attribution: string;
  };
  code: { show: string; hide: string; title: string; tell: string; spoken: (digits: string) => string };
  call: (agency: string) => string;
  awayAsk: string;
  awaySure: string;
  awaySent: string;
  yes: string;
  no: string;
  share: {
    start: string;
    who: (agency: string) => string;
    on: (until: string) => string;
    stop: string;
    refused: string;
    silent: string;
  };
  pin: { start: string; move: string; send: string; cancel: string; sent: string };
  failedToSend: string;
  dead: { title: string; detail: string };
  unknown: { title: string; detail: string };
  me: {
    title: string;
    agency: string;
    phone: string;
    sendCode: string;
    codeSent: string;
    code: string;
    signIn: string;
    wrong: string;
    slow: string;
    choose: string;
    none: string;
    signOut: string;
    order: (cylinders: number) => string;
    back: string;
  };
  metres: (metres: number) => string;
  kilometres: (kilometres: string) => string;
}

const en: ConsumerWords = {
  title: 'Your cylinder',
  booked: 'Your refill is booked',
  bookedDetail: (by) => `To be delivered by ${by}.`,
  assigned: 'Your delivery is planned',
  assignedDetail: 'You can follow the van here once it sets out.',
  out: 'Out for delivery',
  nextStop: 'You are the next stop',
  stopsBefore: (stops) => (stops === 1 ? '1 stop before you' : `${stops} stops before you`),
  between: (from, until) => `between ${from} and ${until}`,
  arrived: 'The van is at your door',
  arrivedDetail: 'Please tell the driver your delivery code.',
  delivered: 'Delivered. Thank you!',
  deliveredDetail: (agency) => `${agency} thanks you.`,
  failed: 'It could not be delivered',
  failedDetail: 'The agency will arrange another delivery with you.',
  cancelled: 'This order was cancelled',
  cancelledDetail: 'If you did not expect this, please call the agency.',
  receipt: 'Receipt',
  receiptTime: 'Handed over',
  receiptFull: 'Full cylinders',
  receiptEmpties: 'Empty cylinders taken back',
  receiptOrder: 'Order',
  positionAge: (minutes) =>
    minutes === 1 ? 'The position of the van is 1 minute old.' : `The position of the van is ${minutes} minutes old.`,
  positionNone: 'The van is not telling its position at the moment.',
  away: 'You have said that you are not at home today. The agency and the driver can see it.',
  late: 'This is taking longer than it should. We are sorry.',
  live: 'Live',
  offline: (since) => `You are offline. This is how things were at ${since}.`,
  restarting: 'The server is restarting. This page goes on by itself in a moment.',
  scriptless: 'This page is not being brought up to date. Load it again to see what is new.',
  map: {
    title: 'Map',
    asList: 'The map in words',
    van: (metres, minutes) =>
      minutes < 1 ? `The van is ${metres} from your home.` : `The van was ${metres} from your home ${minutes} min ago.`,
    vanUnknown: 'The van is not on the map yet.',
    home: 'Your home is marked on the map.',
    homeUnknown: 'The agency does not know where your home is on the map.',
    own: 'The position you share is on the map.',
    loading: 'The map is loading.',
    blocked: 'The map could not be loaded. All that matters stands here in words.',
    show: 'Show the map',
    attribution: 'Map',
  },
  code: {
    show: 'Show my delivery code',
    hide: 'Hide the code',
    title: 'Your delivery code',
    tell: 'Tell it to the driver once the cylinder stands in your home, and to nobody else.',
    spoken: (digits) => `Your delivery code: ${digits}`,
  },
  call: (agency) => `Call ${agency}`,
  awayAsk: 'Not at home today',
  awaySure: 'Tell the agency that nobody is at home today?',
  awaySent: 'The agency knows that you are not at home today.',
  yes: 'Yes',
  no: 'No',
  share: {
    start: 'Share my position for an hour',
    who: (agency) => `Only ${agency} and the driver who comes to you see it. You can stop at any time.`,
    on: (until) => `You are sharing your position until ${until}.`,
    stop: 'Stop sharing',
    refused: 'Your phone does not give this page its position. Allow it in the settings of the browser.',
    silent: 'Your phone is not telling its position at the moment.',
  },
  pin: {
    start: 'Wrong place on the map? Move it',
    move: 'Move the map until the cross is on your door.',
    send: 'My door is here',
    cancel: 'Leave it',
    sent: 'Thank you. The agency looks at it before it moves your pin.',
  },
  failedToSend: 'That did not get through. Please try again.',
  dead: {
    title: 'This link has ended',
    detail: 'It showed one delivery, and that is over. The agency can tell you more.',
  },
  unknown: {
    title: 'There is nothing behind this link',
    detail: 'Check that it is complete, as it stands in the message. Links end some time after the delivery.',
  },
  me: {
    title: 'Your orders',
    agency: 'Agency',
    phone: 'Your telephone number',
    sendCode: 'Send me a code',
    codeSent: 'If this number is known to the agency, a code is on its way to it.',
    code: 'Code from the message',
    signIn: 'Sign in',
    wrong: 'That is not right.',
    slow: 'Too many attempts. Please wait a few minutes.',
    choose: 'Several connections have this number. Which one?',
    none: 'You have no orders.',
    signOut: 'Sign out',
    order: (cylinders) => (cylinders === 1 ? '1 cylinder' : `${cylinders} cylinders`),
    back: 'All orders',
  },
  metres: (metres) => `${metres} m`,
  kilometres: (kilometres) => `${kilometres} km`,
};

const hi: ConsumerWords = {
  title: 'आपका सिलेंडर',
  booked: 'आपका रिफिल बुक हो गया है',
  bookedDetail: (by) => `${by} तक पहुँचाया जाएगा।`,
  assigned: 'आपकी डिलीवरी तय हो गई है',
  assignedDetail: 'गाड़ी निकलते ही आप उसे यहाँ देख सकेंगे।',
  out: 'डिलीवरी के लिए निकल चुका है',
  nextStop: 'अगला पड़ाव आप हैं',
  stopsBefore: (stops) => `आपसे पहले ${stops} पड़ाव`,
  between: (from, until) => `${from} और ${until} के बीच`,
  arrived: 'गाड़ी आपके दरवाज़े पर है',
  arrivedDetail: 'कृपया ड्राइवर को अपना डिलीवरी कोड बताएँ।',
  delivered: 'डिलीवरी हो गई। धन्यवाद!',
  deliveredDetail: (agency) => `${agency} की ओर से धन्यवाद।`,
  failed: 'डिलीवरी नहीं हो सकी',
  failedDetail: 'एजेंसी आपसे बात करके दोबारा डिलीवरी तय करेगी।',
  cancelled: 'यह ऑर्डर रद्द कर दिया गया',
  cancelledDetail: 'अगर आपको इसकी उम्मीद नहीं थी, तो कृपया एजेंसी को फ़ोन करें।',
  receipt: 'रसीद',
  receiptTime: 'सौंपा गया',
  receiptFull: 'भरे सिलेंडर',
  receiptEmpties: 'वापस लिए गए खाली सिलेंडर',
  receiptOrder: 'ऑर्डर',
  positionAge: (minutes) => `गाड़ी की स्थिति ${minutes} मिनट पुरानी है।`,
  positionNone: 'गाड़ी इस समय अपनी स्थिति नहीं बता रही है।',
  away: 'आपने बताया है कि आज आप घर पर नहीं हैं। ड्राइवर को इसकी जानकारी है।',
  late: 'इसमें ज़रूरत से ज़्यादा समय लग रहा है। हमें खेद है।',
  live: 'लाइव',
  offline: (since) => `आप ऑफ़लाइन हैं। यह ${since} की स्थिति है।`,
  restarting: 'सर्वर फिर से शुरू हो रहा है। यह पेज थोड़ी देर में अपने आप चलने लगेगा।',
  scriptless: 'यह पेज अपने आप नहीं बदल रहा है। नई जानकारी के लिए इसे फिर से खोलें।',
  map: {
    title: 'नक्शा',
    asList: 'नक्शा शब्दों में',
    van: (metres, minutes) =>
      minutes < 1 ? `गाड़ी आपके घर से ${metres} दूर है।` : `गाड़ी ${minutes} मिनट पहले आपके घर से ${metres} दूर थी।`,
    vanUnknown: 'गाड़ी अभी नक्शे पर नहीं है।',
    home: 'आपका घर नक्शे पर दिखाया गया है।',
    homeUnknown: 'एजेंसी को नक्शे पर आपके घर की जगह पता नहीं है।',
    own: 'आपकी साझा की गई स्थिति नक्शे पर है।',
    loading: 'नक्शा खुल रहा है।',
    blocked: 'नक्शा नहीं खुल सका। सारी ज़रूरी बातें यहाँ शब्दों में हैं।',
    show: 'नक्शा दिखाएँ',
    attribution: 'नक्शा',
  },
  code: {
    show: 'मेरा डिलीवरी कोड दिखाएँ',
    hide: 'कोड छिपाएँ',
    title: 'आपका डिलीवरी कोड',
    tell: 'सिलेंडर घर में आ जाने पर ही यह ड्राइवर को बताएँ, और किसी को नहीं।',
    spoken: (digits) => `आपका डिलीवरी कोड: ${digits}`,
  },
  call: (agency) => `${agency} को फ़ोन करें`,
  awayAsk: 'आज घर पर नहीं हैं',
  awaySure: 'एजेंसी को बताएँ कि आज घर पर कोई नहीं है?',
  awaySent: 'एजेंसी को पता है कि आज आप घर पर नहीं हैं।',
  yes: 'हाँ',
  no: 'नहीं',
  share: {
    start: 'एक घंटे के लिए मेरी स्थिति साझा करें',
    who: (agency) => `इसे केवल ${agency} और आपके पास आने वाला ड्राइवर देखते हैं। आप कभी भी रोक सकते हैं।`,
    on: (until) => `आप ${until} तक अपनी स्थिति साझा कर रहे हैं।`,
    stop: 'साझा करना बंद करें',
    refused: 'आपका फ़ोन इस पेज को अपनी स्थिति नहीं दे रहा। ब्राउज़र की सेटिंग में इसकी अनुमति दें।',
    silent: 'आपका फ़ोन इस समय अपनी स्थिति नहीं बता रहा है।',
  },
  pin: {
    start: 'नक्शे पर जगह गलत है? ठीक करें',
    move: 'नक्शे को तब तक खिसकाएँ जब तक निशान आपके दरवाज़े पर न आ जाए।',
    send: 'मेरा दरवाज़ा यहाँ है',
    cancel: 'रहने दें',
    sent: 'धन्यवाद। एजेंसी देखकर ही आपकी जगह बदलेगी।',
  },
  failedToSend: 'यह नहीं पहुँचा। कृपया फिर से कोशिश करें।',
  dead: {
    title: 'यह लिंक समाप्त हो गया है',
    detail: 'यह एक डिलीवरी के लिए था, जो पूरी हो चुकी है। अधिक जानकारी एजेंसी से मिलेगी।',
  },
  unknown: {
    title: 'इस लिंक पर कुछ नहीं है',
    detail: 'जाँचें कि लिंक संदेश के अनुसार पूरा है। डिलीवरी के कुछ समय बाद लिंक समाप्त हो जाते हैं।',
  },
  me: {
    title: 'आपके ऑर्डर',
    agency: 'एजेंसी',
    phone: 'आपका फ़ोन नंबर',
    sendCode: 'मुझे कोड भेजें',
    codeSent: 'अगर एजेंसी के पास यह नंबर है, तो उस पर कोड भेजा जा रहा है।',
    code: 'संदेश में आया कोड',
    signIn: 'साइन इन करें',
    wrong: 'यह सही नहीं है।',
    slow: 'बहुत बार कोशिश हुई। कृपया कुछ मिनट रुकें।',
    choose: 'इस नंबर पर कई कनेक्शन हैं। कौन सा?',
    none: 'आपका कोई ऑर्डर नहीं है।',
    signOut: 'साइन आउट करें',
    order: (cylinders) => `${cylinders} सिलेंडर`,
    back: 'सभी ऑर्डर',
  },
  metres: (metres) => `${metres} मी`,
  kilometres: (kilometres) => `${kilometres} किमी`,
};

export const consumerWords: Record<Language, ConsumerWords> = { en, hi };
