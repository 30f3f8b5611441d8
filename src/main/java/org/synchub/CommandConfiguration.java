package org.synchub;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.synchub.admin.AuditTrail;
import org.synchub.admin.security.Tokens;
import org.synchub.admin.security.Users;
import org.synchub.cli.AttentionCommands;
import org.synchub.cli.AuditCommands;
import org.synchub.cli.CommandAudit;
import org.synchub.cli.Commands;
import org.synchub.cli.ConflictCommands;
import org.synchub.cli.EncryptionCommands;
import org.synchub.cli.EraseCommand;
import org.synchub.cli.InspectCommand;
import org.synchub.cli.OperatorCommands;
import org.synchub.cli.PreviewCommands;
import org.synchub.cli.StatisticsCommand;
import org.synchub.cli.StoreCommands;
import org.synchub.cli.TokenCommands;
import org.synchub.cli.UserCommands;
import org.synchub.ledger.Audit;
import org.synchub.ledger.AuditKeys;
import org.synchub.ledger.Deliveries;
import org.synchub.ledger.Erasure;
import org.synchub.ledger.KeysInUse;
import org.synchub.ledger.Runs;
import org.synchub.ledger.Targets;
import org.synchub.store.Capture;
import org.synchub.store.Entities;
import org.synchub.store.EventsIndex;
import org.synchub.sync.AlikeConflicts;
import org.synchub.sync.Captures;
import org.synchub.sync.Conflicts;
import org.synchub.sync.Drain;
import org.synchub.sync.Drifts;
import org.synchub.sync.Erasures;
import org.synchub.sync.Inspection;
import org.synchub.sync.NeedsAttention;
import org.synchub.sync.Previews;
import org.synchub.sync.Pulls;
import org.synchub.sync.Pushes;
import org.synchub.sync.Reconcile;
import org.synchub.sync.RecordReport;
import org.synchub.sync.Recorders;
import org.synchub.sync.ResyncPlans;
import org.synchub.sync.Rotation;
import org.synchub.sync.Statistics;
import org.synchub.sync.StatusReport;
import org.synchub.sync.TargetRegistry;
import org.synchub.sync.Timeline;
import org.synchub.sync.Trials;

/** The commands, which say what they did on standard output. */
@Configuration(proxyBeanMethods = false)
class CommandConfiguration {

    @Bean
    ConflictCommands conflictCommands(Conflicts conflicts, AlikeConflicts alike, Pulls pulls, ObjectMapper json) {
        return new ConflictCommands(System.out, conflicts, alike, pulls, json);
    }

    @Bean
    EncryptionCommands encryptionCommands(Rotation rotation, KeysInUse keysInUse, Clock clock) {
        return new EncryptionCommands(System.out, rotation, keysInUse, clock);
    }

    @Bean
    EraseCommand eraseCommand(
            JdbcClient db, TransactionTemplate transaction, Entities entities, TargetRegistry targets) {
        return new EraseCommand(System.out, new Erasures(new Erasure(db, transaction), entities, targets));
    }

    @Bean
    CommandAudit commandAudit(Audit audit, AuditKeys keys) {
        return new CommandAudit(audit, keys);
    }

    @Bean
    AuditCommands auditCommands(AuditTrail trail) {
        return new AuditCommands(System.out, trail);
    }

    @Bean
    OperatorCommands operatorCommands(
            TargetRegistry targets,
            Targets ledgerTargets,
            Runs runs,
            RecordReport records,
            Timeline timeline,
            Reconcile reconcile) {
        return new OperatorCommands(System.out, targets, ledgerTargets, runs, records, timeline, reconcile);
    }

    @Bean
    StatisticsCommand statisticsCommand(Statistics statistics, Recorders recorders, ObjectMapper json) {
        return new StatisticsCommand(System.out, statistics, recorders, json);
    }

    @Bean
    InspectCommand inspectCommand(Inspection inspection, ObjectMapper json) {
        return new InspectCommand(System.out, inspection, json);
    }

    @Bean
    PreviewCommands previewCommands(Previews previews, Trials trials, ObjectMapper json) {
        return new PreviewCommands(System.out, System.in, previews, trials, json);
    }

    @Bean
    TokenCommands tokenCommands(Tokens tokens) {
        return new TokenCommands(System.out, tokens);
    }

    @Bean
    UserCommands userCommands(Users users) {
        return new UserCommands(System.out, System.in, users);
    }

    @Bean
    StoreCommands storeCommands(Drifts drifts, DataSource store) {
        return new StoreCommands(System.out, drifts, new EventsIndex(store));
    }

    @Bean
    AttentionCommands attentionCommands(NeedsAttention attention, ObjectMapper json) {
        return new AttentionCommands(System.out, attention, json);
    }

    @Bean
    Commands commands(
            TargetRegistry targets,
            Captures captures,
            Drain drain,
            Capture capture,
            Deliveries deliveries,
            Pushes pushes,
            Pulls pulls,
            ResyncPlans plans,
            Runs runs,
            StatusReport status,
            KeysInUse keysInUse,
            ObjectMapper json) {
        return new Commands(
                System.out,
                targets,
                captures,
                drain,
                capture,
                deliveries,
                pushes,
                pulls,
                plans,
                runs,
                status,
                keysInUse,
                json);
    }
}
