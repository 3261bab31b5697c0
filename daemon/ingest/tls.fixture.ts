/**
 * For tests: a certificate for localhost that signed itself, with its key. It protects nothing and is trusted by
 * nobody. Made with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500`.
 */
export const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUSsk8cuwWoJBjPg/HPcrgbpJcvHAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA0Mjk1NFoYDzIxMjYxMDI4
MDQyOTU0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQXpX3l4gtcZA9zyEjAdn6DZrdfsjr3yHeusXkJj5Ih+0QTmyVGS340
ZmvcHOCPZ8y4iEC0DDZ0cHxeh3qluW+8o28wbTAdBgNVHQ4EFgQU2FI5HfBL+ob7
KWUv2EHGKBUGFDgwHwYDVR0jBBgwFoAU2FI5HfBL+ob7KWUv2EHGKBUGFDgwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgOIKUGp96SOeTebe00R+UzxIdBXYzlPRSMECs44NL34wCIQD3
xIIeFXCdSokKtRZUBf5fJtW5wQWsf5o0uLfS33tz+A==
-----END CERTIFICATE-----
`;

export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJa2KK7eXWCXrGVfH
Yp8wf9najpHN4//n3/oF+o7jnFShRANCAAQXpX3l4gtcZA9zyEjAdn6DZrdfsjr3
yHeusXkJj5Ih+0QTmyVGS340ZmvcHOCPZ8y4iEC0DDZ0cHxeh3qluW+8
-----END PRIVATE KEY-----
`;
