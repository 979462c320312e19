# Signing in, and the own account.

login = Login
password = Password
code-of-authenticator = Code
code-hint = If you have a second factor: from the authenticator, or a recovery code.
sign-in-wrong = Login, password or code is wrong, or the user is disabled.
sign-in-code-needed = A code is needed besides.
sign-in-slower = { $seconds ->
        [one] Too many attempts. Try again after { $seconds } second.
       *[other] Too many attempts. Try again after { $seconds } seconds.
    }
sign-in-closed = The window cannot record at the moment, so nobody signs in. Try again later.
sign-in-ended = The session has ended. Sign in again.
sign-in-foreign = The form is out of date, or another site sent it. Try again.
sign-in-with = With a provider of identities
sign-in-at = Sign in at { $name }
sign-in-help = If you forgot the password, ask whoever manages the users of your party. A session ends after half an hour unused.
person = Name
party = Party
role = Role
second-factor = Second factor
must-change = Change the one-time password first; you then sign in again.
must-enrol = Enrol a second factor first; the rest opens then.
change-password = Change the password
current-password = Current password
new-password = New password
new-password-hint = Twelve characters or more, without login or name. All sessions end.
second-factor-help = An authenticator on your phone makes one-time codes.
second-factor-begin = Make a key
second-factor-type = Photograph this with the authenticator, or type the key into it; then give the code that it shows.
second-factor-picture = The key as a picture for the authenticator
second-factor-key = Key
second-factor-address = Address
first-code = Code
second-factor-confirm = Confirm
second-factor-done = The second factor counts from now on.
recovery-help = These recovery codes are shown this once; each counts once. Keep them safe.
password-not-good = Not good enough: twelve characters or more, without login or name, none of the commonest, not the current one.
password-wrong = The current password or code is wrong.
code-wrong = This is no code of the new key at this time; look at the clock of the device.
password-changed = The password is changed. Sign in with the new one.
