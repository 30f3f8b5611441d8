package org.synchub.simulator.collectpay;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** The five tables, and one transaction at a time. */
final class Database {

    private static final String PARTY = "code:text!* name:text! ";

    private final Map<String, Table> tables = new LinkedHashMap<>();
    private final Deque<Runnable> undo = new ArrayDeque<>();

    Database(Clock clock) {
        add(
                "suppliers",
                PARTY + "address:text phone:text email:text credit_limit:decimal2=0 current_balance:decimal2=0"
                        + " metadata:json is_active:boolean=true created_by:integer updated_by:integer",
                clock);
        add(
                "products",
                PARTY + "description:text unit:text=kg category:text metadata:json is_active:boolean=true"
                        + " created_by:integer updated_by:integer",
                clock);
        add(
                "rates",
                "product_id:integer! supplier_id:integer rate:decimal2! effective_from:date! effective_to:date"
                        + " is_active:boolean=true notes:text",
                clock);
        add(
                "collections",
                "uuid:text!* supplier_id:integer! product_id:integer! rate_id:integer! collection_date:date!"
                        + " quantity:decimal3! unit:text! rate_applied:decimal2! amount:decimal2 notes:text"
                        + " collector_id:integer! sync_status:text=synced",
                clock);
        add(
                "payments",
                "uuid:text!* reference_number:text!* supplier_id:integer! payment_date:date! amount:decimal2!"
                        + " payment_type:text=partial payment_method:text=cash transaction_reference:text notes:text"
                        + " balance_before:decimal2 balance_after:decimal2 processed_by:integer! sync_status:text=synced",
                clock);
    }

    private void add(String name, String columns, Clock clock) {
        tables.put(name, new Table(name, columns, clock, undo::push));
    }

    /** Fails for a name that is no table's. */
    Table table(String name) {
        Table table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("CollectPay has no " + name + ", but " + tables.keySet());
        }
        return table;
    }

    boolean has(String name) {
        return tables.containsKey(name);
    }

    Map<String, Table> tables() {
        return tables;
    }

    void begin() {
        undo.clear();
    }

    /** Takes back everything since {@link #begin}. */
    void rollBack() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }
}
