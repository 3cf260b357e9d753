-- Pages that may send under a source's browser key: their origins, separated by spaces. Null: all may.
alter table source add column origins text;
