package org.synchub.admin.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.synchub.admin.security.LocalLogins;
import org.synchub.admin.security.Open;

/** {@code /api/v1/auth}: users log in by name and password, stay so by their refresh token, and log out. */
@RestController
@RequestMapping("/api/v1/auth")
@Tag(name = "auth")
class LoginController {

    private final LocalLogins logins;

    LoginController(LocalLogins logins) {
        this.logins = logins;
    }

    /** Who logs in. */
    record Credentials(@Nullable String user, @Nullable String password) {

        /** Without the password. */
        @Override
        public String toString() {
            return "Credentials";
        }
    }

    /** A refresh token. */
    record Refresh(@Nullable String refreshToken) {

        /** Without it. */
        @Override
        public String toString() {
            return "Refresh";
        }
    }

    @Operation(
            summary = "Logs a user in: an access token for some minutes, and a refresh token that gives the next",
            description = "Wrong names and wrong passwords are answered alike (401); who fails often waits (429).")
    @Open
    @PostMapping("/login")
    LocalLogins.Pair login(@RequestBody Credentials who, HttpServletRequest request) {
        return logins.login(
                required("user", who.user()), required("password", who.password()), request.getRemoteAddr());
    }

    @Operation(
            summary = "Gives new tokens for a refresh token, which is used up by that",
            description =
                    "One that was used before ends its login (401): somebody else may hold it. Only for some seconds, and"
                            + " as long as its successor was not used, it may be sent again: the answer may have been lost.")
    @Open
    @PostMapping("/refresh")
    LocalLogins.Pair refresh(@RequestBody Refresh token, HttpServletRequest request) {
        return logins.refresh(required("refreshToken", token.refreshToken()), request.getRemoteAddr());
    }

    @Operation(
            summary = "Ends a login: its refresh and access tokens are refused from then on",
            description = "One that is over already is answered alike.")
    @Open
    @PostMapping("/logout")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logout(@RequestBody Refresh token, HttpServletRequest request) {
        logins.logout(required("refreshToken", token.refreshToken()), request.getRemoteAddr());
    }

    private static String required(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }
}
