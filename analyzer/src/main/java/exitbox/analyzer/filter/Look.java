package exitbox.analyzer.filter;

import exitbox.schemas.contract.Table;

/// A column that an option looks at to choose rows.
public record Look(String option, Table table, String column) {
}
