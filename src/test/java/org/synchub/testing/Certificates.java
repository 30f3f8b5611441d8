package org.synchub.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Key pairs with self-signed certificates for {@code localhost}, and stores that trust them, made by the JDK's keytool. */
public final class Certificates {

    public static final String PASSWORD = "changeit-in-tests";

    private final Path folder;

    /** @param folder where the PKCS #12 files go */
    public Certificates(Path folder) {
        this.folder = folder;
    }

    /** A key store with one key pair and its certificate. */
    public Path keyStore(String name) {
        return keyStore(name, 30);
    }

    /** The same, good for so many days. */
    public Path keyStore(String name, int days) {
        Path store = folder.resolve(name + ".p12");
        keytool(
                store,
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                Integer.toString(days));
        return store;
    }

    /** A store that trusts the certificate of a key store that was made before, and no other. */
    public Path trustStore(String name) {
        Path certificate = folder.resolve(name + ".crt");
        Path trusted = folder.resolve(name + "-trusted.p12");
        keytool(folder.resolve(name + ".p12"), "-exportcert", "-alias", name, "-file", certificate.toString());
        keytool(trusted, "-importcert", "-noprompt", "-alias", name, "-file", certificate.toString());
        return trusted;
    }

    private static void keytool(Path store, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
