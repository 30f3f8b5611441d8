package org.synchub;

import java.io.PrintStream;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.web.server.PortInUseException;
import org.synchub.cli.ExitCode;
import org.synchub.store.StoreConnection;
import org.synchub.sync.UnknownTarget;
import org.synchub.target.ConfigurationProblem;

/** Says in one message why the hub, or a command, could not go on, and whose turn it is: the exit code. */
final class StartFailure {

    private StartFailure() {}

    /**
     * Prints what failed and what to do.
     *
     * @return one of {@link ExitCode}, or 1 with a stack trace for a fault of the hub itself
     */
    static int explain(Throwable failure, PrintStream err) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Integer code = explainCause(failure, cause, err);
            if (code != null) {
                return code;
            }
        }
        failure.printStackTrace(err);
        return 1;
    }

    private static @Nullable Integer explainCause(Throwable failure, Throwable cause, PrintStream err) {
        if (cause instanceof ConfigurationProblem problem) {
            err.println("The hub cannot start:");
            problem.problems().forEach(p -> err.println("  " + p));
            return ExitCode.CONFIGURATION;
        }
        if (cause instanceof UnknownTarget || (cause instanceof IllegalArgumentException && cause == failure)) {
            err.println(cause.getMessage());
            return ExitCode.CONFIGURATION;
        }
        if (cause instanceof PortInUseException taken) {
            err.println(
                    "Port " + taken.getPort() + " is taken: perhaps the hub runs already. End the other program, or set"
                            + " server.port to another port");
            return ExitCode.CONFIGURATION;
        }
        if (cause instanceof ConfigurationPropertiesBindException && cause.getCause() instanceof BindException bind) {
            err.println("The setting " + bind.getName() + " is not understood: "
                    + rootOf(bind).getMessage() + "\ndocs/settings.md says what it may be.");
            return ExitCode.CONFIGURATION;
        }
        if (cause instanceof SQLException sql) {
            SQLException away = StoreConnection.away(sql);
            if (away != null || sql.getSQLState() != null) {
                return explainDatabase(sql, away, err);
            }
        }
        return null;
    }

    private static int explainDatabase(SQLException failure, @Nullable SQLException away, PrintStream err) {
        if (away != null) {
            err.println(
                    "The database cannot be reached: " + away.getMessage()
                            + "\nCheck spring.datasource.url and that PostgreSQL runs. Nothing is lost; start the hub again then.");
            return ExitCode.UNAVAILABLE;
        }
        err.println("The database refuses the hub: " + failure.getMessage()
                + "\nCheck spring.datasource.url, username and password, and that the user may create schema hub.");
        return ExitCode.CONFIGURATION;
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
