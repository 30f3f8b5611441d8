package org.synchub.admin.security;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jwt.JWTParser;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.synchub.crypto.Hmac;
import org.synchub.crypto.KeyRing;
import org.synchub.ledger.Installation;

/**
 * The hub's own JWTs, signed by HS256 for all hubs of a database. Reading one proves who issued it and for whom; whether it
 * has expired, and whether its login goes on, is for the database to say, by its clock.
 */
final class AccessTokens {

    static final String ISSUER = "sync-hub";

    private static final String ROLE = "role";
    private static final String LOGIN = "sid";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Installation installation;
    private final byte @Nullable [] given;
    private volatile @Nullable Signer signer;

    /** @param key of the setting; null for the one that the database keeps */
    AccessTokens(Installation installation, byte @Nullable [] key) {
        this.installation = installation;
        this.given = key;
    }

    private record Signer(String keyId, String audience, NimbusJwtEncoder encoder, NimbusJwtDecoder decoder) {}

    /** What a token says whose signature, issuer and audience are right. */
    record Claims(String user, String role, String login, Instant expiresAt) {}

    /**
     * Makes a token.
     *
     * @param login id that leads to its login
     * @param at the database's time
     */
    String issue(String user, String role, String login, Instant at, Instant expiresAt) {
        Signer with = signer();
        JwtClaimsSet claims = JwtClaimsSet.builder()
                .issuer(ISSUER)
                .subject(user)
                .audience(List.of(with.audience()))
                .issuedAt(at)
                .expiresAt(expiresAt)
                .id(UUID.randomUUID().toString())
                .claim(ROLE, role)
                .claim(LOGIN, login)
                .build();
        JwsHeader header = JwsHeader.with(MacAlgorithm.HS256)
                .type("JWT")
                .keyId(with.keyId())
                .build();
        return with.encoder().encode(JwtEncoderParameters.from(header, claims)).getTokenValue();
    }

    /** Whether a text claims to be a JWT of the hub's; proves nothing. */
    static boolean isOwn(String text) {
        try {
            return ISSUER.equals(JWTParser.parse(text).getJWTClaimsSet().getIssuer());
        } catch (ParseException | RuntimeException noJwt) {
            return false;
        }
    }

    /**
     * What a token says.
     *
     * @throws InvalidBearerTokenException when it is not one of this installation's
     */
    Claims read(String text) {
        Jwt jwt;
        try {
            jwt = signer().decoder().decode(text);
        } catch (JwtException forged) {
            throw new InvalidBearerTokenException("The JWT is not of this installation", forged);
        }
        String role = jwt.getClaimAsString(ROLE);
        String login = jwt.getClaimAsString(LOGIN);
        if (jwt.getSubject() == null || role == null || login == null || jwt.getExpiresAt() == null) {
            throw new InvalidBearerTokenException("The JWT is none that the hub makes");
        }
        return new Claims(jwt.getSubject(), role, login, jwt.getExpiresAt());
    }

    private Signer signer() {
        Signer known = signer;
        if (known == null) {
            known = given == null ? kept() : signer(installation.id(), Hmac.key(given));
            signer = known;
        }
        return known;
    }

    private Signer kept() {
        byte[] fresh = new byte[KeyRing.BYTES];
        RANDOM.nextBytes(fresh);
        Installation.Identity identity = installation.withKey(fresh);
        return signer(identity.id(), identity.loginKey());
    }

    private static Signer signer(UUID installation, SecretKeySpec secret) {
        String keyId = HexFormat.of()
                .formatHex(Hmac.of(secret, "id of this key".getBytes(StandardCharsets.US_ASCII)))
                .substring(0, 8);
        String audience = ISSUER + ":" + installation;
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withSecretKey(secret)
                .macAlgorithm(MacAlgorithm.HS256)
                .build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                new JwtIssuerValidator(ISSUER),
                new JwtClaimValidator<List<String>>(
                        JwtClaimNames.AUD, named -> named != null && named.contains(audience))));
        return new Signer(
                keyId,
                audience,
                new NimbusJwtEncoder(new ImmutableJWKSet<>(new JWKSet(new OctetSequenceKey.Builder(secret)
                        .keyID(keyId)
                        .algorithm(JWSAlgorithm.HS256)
                        .build()))),
                decoder);
    }
}
