import type { Lines } from './line.ts';

/** What is refused before anything is decided: who asks, how he asks, and that there is no time for it now. */
export const requestLines = {
  'not-found': {
    en: 'there is nothing here, or nothing that you may see',
    hi: 'यहाँ कुछ नहीं है, या आपको दिखाने लायक कुछ नहीं है।',
  },
  'request-unknown': {
    en: 'no such request is known here: it may not have reached the log yet, or is older than a day',
    hi: 'इस अनुरोध का यहाँ पता नहीं है: शायद अभी पहुँचा नहीं, या एक दिन से पुराना है।',
  },
  'not-signed-in': {
    en: 'the credentials are missing, wrong or expired',
    hi: 'आप साइन इन नहीं हैं, या साइन इन का समय पूरा हो गया। फिर से साइन इन करें।',
  },
  'session-over': {
    en: 'the session is over. Sign in again',
    hi: 'साइन इन का समय पूरा हो गया। फिर से साइन इन करें।',
  },
  'wrong-credentials': { en: 'that is not right', hi: 'नाम, पासवर्ड या कोड सही नहीं है।' },
  'wrong-old-password': { en: 'the present password is not right', hi: 'अभी वाला पासवर्ड सही नहीं है।' },
  'which-consumer': {
    en: 'several consumers have this number; say which, as consumerId',
    hi: 'इस नंबर पर कई ग्राहक हैं; बताएँ कौन सा।',
  },
  'may-not': { en: 'this account may not do that', hi: 'आपका खाता यह नहीं कर सकता।' },
  'may-not-send': { en: '{role} may not send positions', hi: 'आपका खाता वैन की जगह नहीं भेज सकता।' },
  'scope-lacking': { en: 'the token lacks the scope {scope}', hi: 'इस कुंजी को यह अधिकार नहीं दिया गया है: {scope}।' },
  'wrong-door': { en: '{how}', hi: 'यह पता इस तरह के भेजने वाले के लिए नहीं है।' },
  'no-phone': {
    en: 'no phone is registered for this driver',
    hi: 'इस ड्राइवर का फ़ोन अभी जोड़ा नहीं गया है। पहले ट्रैकर में फ़ोन जोड़ें।',
  },
  'other-agency': { en: 'the token is for another agency', hi: 'यह साइन इन किसी दूसरी एजेंसी का है।' },
  'other-page': { en: 'another page may not ask for that', hi: 'कोई दूसरा पेज यह नहीं माँग सकता।' },
  'if-match': {
    en: 'If-Match must be the version seen, as "3"',
    hi: 'किस रूप को देखकर बदलाव किया गया, यह ठीक से नहीं बताया गया।',
  },
  'not-as-described': { en: '{where} {message}', hi: 'भेजी गई जानकारी में कुछ ठीक नहीं है।' },
  'fields-wrong': { en: '{message}', hi: 'भेजी गई जानकारी में कुछ ठीक नहीं है।' },
  'nothing-in-it': { en: 'there is nothing in it', hi: 'इसमें कुछ नहीं है।' },
  'positions-too-many': {
    en: 'at most {most} positions in one request, this has {given}',
    hi: 'एक बार में ज़्यादा से ज़्यादा {most} जगहें भेजी जा सकती हैं; इसमें {given} हैं।',
  },
  'body-not-json': {
    en: 'the body is not JSON, or has a name in it that may not be (__proto__, constructor)',
    hi: 'भेजी गई जानकारी पढ़ी नहीं जा सकी।',
  },
  'body-empty': { en: 'the body is empty', hi: 'कोई जानकारी नहीं भेजी गई।' },
  'body-length': { en: 'the body is not as long as Content-Length says', hi: 'जानकारी पूरी नहीं पहुँची। फिर से भेजें।' },
  'body-too-large': { en: 'the body is larger than is accepted here', hi: 'भेजी गई जानकारी बहुत बड़ी है।' },
  'body-type': {
    en: 'the body must be JSON (Content-Type: application/json)',
    hi: 'इस रूप में भेजी गई जानकारी यहाँ नहीं ली जाती।',
  },
  'address-malformed': { en: 'the address is not a well-formed one', hi: 'यह पता ठीक से लिखा नहीं है।' },
  'not-acceptable': { en: 'the request is not acceptable', hi: 'यह अनुरोध नहीं लिया जा सकता।' },
  'not-http': { en: 'this is not a well-formed HTTP request', hi: 'यह अनुरोध पढ़ा नहीं जा सका।' },
  'headers-too-large': { en: 'the headers are too large', hi: 'अनुरोध का ऊपरी भाग बहुत बड़ा है।' },
  'request-late': { en: 'the request did not arrive in time', hi: 'अनुरोध समय पर पूरा नहीं पहुँचा। फिर कोशिश करें।' },
  'method-not-allowed': { en: 'this answers to {methods}', hi: 'यहाँ यह नहीं किया जा सकता।' },
  internal: {
    en: 'something went wrong here. It has been noted',
    hi: 'सर्वर में कुछ गड़बड़ हुई। उसने इसे दर्ज कर लिया है।',
  },
  'cannot-keep': {
    en: 'this cannot be kept now, so nothing was done. Try again',
    hi: 'अभी यह सहेजा नहीं जा सकता, इसलिए कुछ नहीं बदला। फिर कोशिश करें।',
  },
  'positions-not-kept': {
    en: 'the positions could not be kept ({kind}); send them again',
    hi: 'जगहें सहेजी नहीं जा सकीं। फिर से भेजें।',
  },
  undecided: {
    en: 'the log has not said yet what became of this. It may still be carried out.{ask}{key}',
    hi: 'अभी पता नहीं कि यह हुआ या नहीं; हो सकता है थोड़ी देर में हो जाए। दोबारा करने से पहले देख लें।',
  },
  unfinished: {
    en: 'this was carried out, but what belongs to it could not be kept: look at what is there.{key}',
    hi: 'यह हो गया, पर इससे जुड़ी जानकारी सहेजी नहीं जा सकी: देख लें कि अब क्या है।',
  },
  busy: {
    en: 'other changes are waiting for the log, so this one was not begun. Try again',
    hi: 'दूसरे बदलाव अभी बाकी हैं, इसलिए यह शुरू नहीं हुआ। फिर कोशिश करें।',
  },
  restarting: { en: 'the daemon is restarting. Try again', hi: 'सर्वर फिर से शुरू हो रहा है। थोड़ी देर में कोशिश करें।' },
  'too-many-attempts': {
    en: 'too many attempts. Try again in {seconds} s',
    hi: 'बहुत बार कोशिश हुई। {seconds} सेकंड बाद फिर करें।',
  },
  'too-many-requests': {
    en: 'too many requests. Try again in {seconds} s',
    hi: 'बहुत सारे अनुरोध हुए। {seconds} सेकंड बाद फिर करें।',
  },
  'too-many-links': {
    en: 'too many wrong links. Try again in {seconds} s',
    hi: 'बहुत सारे ग़लत लिंक। {seconds} सेकंड बाद फिर करें।',
  },
  'signing-in-busy': {
    en: 'too many people are signing in at this moment. Try again',
    hi: 'इस समय बहुत लोग साइन इन कर रहे हैं। फिर कोशिश करें।',
  },
  'replay-refused': { en: '{message}', hi: 'यह दोबारा बनाना अभी शुरू नहीं हो सकता।' },
} as const satisfies Lines;
