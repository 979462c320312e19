# Users, tokens, certificates and the operation of the window.
