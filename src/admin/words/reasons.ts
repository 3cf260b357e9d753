import type { ReasonCode } from '../../core/reason.ts'

/** The reasons of `core/reason.ts` in German: what happened, and what to do. A new reason has to be added here. */
export const german: Readonly<Record<ReasonCode, readonly [sentence: string, todo: string]>> = {
  accepted: ['Klaviyo hat es angenommen.', 'Nichts. Klaviyo zeigt es nach ein, zwei Minuten.'],
  confirmed: ['Es wurde in Klaviyo nachgelesen.', 'Nichts.'],
  accepted_with_note: [
    'Klaviyo hat es angenommen, nachdem unterwegs etwas weggelassen oder berichtigt wurde.',
    'Öffnen Sie das Ereignis: dort steht, was geändert wurde.',
  ],
  nothing_to_send: [
    'In diesem Ereignis ist nichts, was Klaviyo behält.',
    'Nichts, außer Sie haben eine Metrik erwartet: prüfen Sie dann die Zuordnung.',
  ],
  no_identifier: [
    'Von der Person ist weder E-Mail-Adresse noch ein anderes Kennzeichen bekannt; Klaviyo weiß also nicht, zu wem es gehört.',
    'Erkennen Sie Kunden beim Anmelden, Registrieren oder in einem Formular, oder wählen Sie in den Einstellungen der Verbindung anders, „Von wem Ereignisse gesendet werden“.',
  ],
  anonymous_waiting: [
    'Die Person ist noch unbekannt. Es wird 30 Tage aufgehoben und gesendet, sobald sie sich anmeldet oder ein Formular ausfüllt.',
    'Nichts: es wird von selbst gesendet, sobald die Person bekannt ist.',
  ],
  anonymous_expired: [
    'Die Person blieb 30 Tage lang unbekannt.',
    'Erkennen Sie Kunden früher, zum Beispiel mit einem Newsletter-Formular.',
  ],
  event_disabled: [
    'Diese Art von Ereignis ist für die Verbindung ausgeschaltet.',
    'Schalten Sie sie unter „Was wir senden“ ein. Was inzwischen kam, kann erneut gesendet werden.',
  ],
  rule_dropped: [
    'Eine Regel der Verbindung hat es entfernt.',
    'Öffnen Sie die Regel und ändern Sie sie, wenn dieses Ereignis gesendet werden soll.',
  ],
  no_rule: [
    'Keine Regel der Verbindung lässt dieses Ereignis durch.',
    'Fügen Sie eine Regel hinzu, wenn es gesendet werden soll.',
  ],
  connection_off: [
    'Die Verbindung war ausgeschaltet, als es an der Reihe war.',
    'Schalten Sie die Verbindung ein und senden Sie erneut, was fehlt.',
  ],
  disconnected: [
    'Die Verbindung wurde getrennt, bevor es gesendet war.',
    'Verbinden Sie wieder: was von da an kommt, wird gesendet.',
  ],
  before_go_live: [
    'Es kam, bevor es die Verbindung gab.',
    'Nichts: gesendet wird von dem Augenblick an, in dem es die Verbindung gibt.',
  ],
  workspace_off: [
    'Klaviyo ist für den ganzen Arbeitsbereich ausgeschaltet.',
    'Schalten Sie in den Einstellungen „An Klaviyo senden“ ein. Was inzwischen geschah, kann erneut gesendet werden.',
  ],
  scope_not_asked: [
    'Die Verbindung hat die Berechtigung nie bekommen, die das braucht.',
    'Verbinden Sie noch einmal mit dieser Berechtigung.',
  ],
  kept_for_next_event: [
    'Die Angaben werden hier aufgehoben und gehen mit dem nächsten Ereignis der Person mit.',
    'Nichts. Mit der Berechtigung profiles:write gehen sie sofort.',
  ],
  event_not_listed: [
    'Der Aufruf sagt selbst, dass er nicht für Klaviyo ist.',
    'Ändern Sie den Schalter `integrations` des Aufrufs.',
  ],
  browser_unsigned: [
    'Ein Browser hat gesagt, was nur der Server des Shops sagen darf: eine Bestellung oder ein Abonnement.',
    'Senden Sie es vom Server des Shops, oder mit einem Token, das der Server unterschrieben hat.',
  ],
  consent_denied: [
    'Die Person hat dem Tracking nicht zugestimmt.',
    'Nichts: das entscheidet die Person.',
  ],
  consent_missing: [
    'Es sagt nicht, ob die Person dem Tracking zugestimmt hat; die Verbindung verlangt das.',
    'Die Seite sagt es in `context.consent`, wie das Browser-SDK, oder Sie ändern in den Einstellungen, welche Ereignisse eine Einwilligung brauchen (`consentSignal`).',
  ],
  bot_traffic: [
    'Das war ein Bot, kein Mensch: ein Crawler einer Suchmaschine, eine Überwachung oder ein Testbrowser.',
    'Nichts. Sollen solche Ereignisse gesendet werden, stellen Sie „Was Bots tun“ unter „Was wir senden“ um (`botTracking`).',
  ],
  staff_traffic: [
    'Das waren Mitarbeitende, oder ein Admin, der als Kunde angemeldet war.',
    'Nichts. Sollen solche Ereignisse gesendet werden, stellen Sie „Was Mitarbeitende tun“ unter „Was wir senden“ um (`adminTracking`).',
  ],
  active_elsewhere: [
    '„Active on Site“ wird einmal je Besuch gemeldet, und gar nicht, wo Klaviyos eigenes Skript es meldet.',
    'Nichts.',
  ],
  browser_report: [
    'Es meldet, ob Klaviyos eigenes Skript im Browser eine Anmeldung übernommen hat.',
    'Nichts, wenn das Ergebnis „ok“ ist. „blocked“ heißt, dass der Browser Klaviyos Skript nicht lädt.',
  ],
  invalid_email: [
    'Die E-Mail-Adresse ist ungültig, und sonst sagt nichts, wer es ist.',
    'Berichtigen Sie die Adresse dort, wo sie eingegeben wird.',
  ],
  invalid_phone: [
    'Die Telefonnummer ist ungültig, und sonst sagt nichts, wer es ist.',
    'Senden Sie Nummern mit Landesvorwahl (+49 …), oder stellen Sie das Land des Shops ein.',
  ],
  invalid_payload: [
    'Das Ereignis war nicht zu lesen.',
    'Sehen Sie sich das genannte Feld an und berichtigen Sie es, wo das Ereignis entsteht.',
  ],
  payload_too_large: [
    'Das Ereignis ist größer, als Klaviyo annimmt (5 MB).',
    'Senden Sie weniger oder kürzere Eigenschaften.',
  ],
  time_out_of_range: [
    'Das Datum des Ereignisses liegt vor 1990 oder mehr als ein Jahr in der Zukunft.',
    'Berichtigen Sie Uhr oder Zeitstempel, wo das Ereignis entsteht.',
  ],
  metric_name_invalid: [
    'Der Name des Ereignisses ist leer oder länger, als Klaviyo annimmt (127 Zeichen).',
    'Nehmen Sie einen kürzeren Namen, oder ordnen Sie es einem zu.',
  ],
  paused: [
    'Die Verbindung ist angehalten.',
    'Setzen Sie sie fort: dann wird alles gesendet, was wartet.',
  ],
  key_invalid: [
    'Klaviyo hat den Schlüssel abgelehnt: er wurde gelöscht oder geändert.',
    'Verbinden Sie das Konto noch einmal. Alles, was wartet, wird dann gesendet.',
  ],
  scope_missing: [
    'Dem Schlüssel fehlt eine Berechtigung, die das braucht.',
    'Geben Sie dem Schlüssel in Klaviyo diese Berechtigung, oder verbinden Sie noch einmal.',
  ],
  app_uninstalled: [
    'Die App wurde in Klaviyo entfernt.',
    'Verbinden Sie noch einmal, oder trennen Sie die Verbindung hier.',
  ],
  rate_limited: [
    'Klaviyo hat uns gebeten zu warten. Nichts geht verloren.',
    'Nichts: es geht von selbst weiter.',
  ],
  klaviyo_unavailable: [
    'Klaviyo hat Schwierigkeiten. Wir versuchen es weiter.',
    'Nichts: es geht von selbst weiter.',
  ],
  klaviyo_unreachable: [
    'Klaviyo ist von hier aus nicht zu erreichen. Wir versuchen es weiter.',
    'Prüfen Sie Netz und Namensdienst dieses Rechners, wenn es andauert.',
  ],
  own_cap: [
    'Die eigene Grenze der Verbindung für Anfragen je Sekunde hält es zurück.',
    'Nichts: es geht von selbst weiter. Schneller geht es mit mehr Anfragen je Sekunde für die Verbindung (`requestsPerSecond`).',
  ],
  release_cycle: [
    'Die Verbindung sendet nach Zeitplan: was gekommen ist, geht mit dem nächsten Durchgang.',
    'Nichts. Soll sofort gesendet werden, setzen Sie über die API `release` auf `live`.',
  ],
  klaviyo_rejected: [
    'Klaviyo hat es abgelehnt.',
    'Öffnen Sie das Ereignis, lesen Sie, was Klaviyo gesagt hat, beheben Sie die Ursache und senden Sie es erneut.',
  ],
  retries_exhausted: [
    'Es ist so oft gescheitert oder hat so lange gewartet, wie die Einstellungen erlauben.',
    'Öffnen Sie das Ereignis, sehen Sie nach, warum, und senden Sie es erneut.',
  ],
  rejected_after_retry: [
    'Klaviyo hat es bei der Wiederholung noch einmal abgelehnt.',
    'Öffnen Sie das Ereignis, lesen Sie, was Klaviyo gesagt hat, beheben Sie die Ursache und senden Sie es erneut.',
  ],
  retry_cycle: [
    'Es ist gescheitert und wartet auf die nächste Wiederholung.',
    'Nichts, oder senden Sie es jetzt erneut.',
  ],
  single_failure: [
    'Es ist immer wieder gescheitert, während andere Ereignisse des Kontos durchgingen.',
    'Öffnen Sie das Ereignis, sehen Sie, was Klaviyo geantwortet hat, und senden Sie es erneut.',
  ],
  discarded: [
    'Es war gescheitert, und jemand hat es verworfen.',
    'Nichts. Es kann erneut gesendet werden, solange sein Inhalt aufgehoben wird.',
  ],
  failed_expired: [
    'Es war gescheitert und wurde so lange aufgehoben, wie die Einstellungen sagen.',
    'Nichts. Länger aufgehoben werden gescheiterte Ereignisse mit `keepFailedMs` über die API, mit null für immer.',
  ],
  not_seen: [
    'Klaviyo hat es angenommen, und eine halbe Stunde später ist es dort nicht zu sehen.',
    'Suchen Sie es in Klaviyo nach der E-Mail-Adresse. Senden Sie es erneut: es zählt in jedem Fall nur einmal.',
  ],
  refused_unreadable: [
    'Das ist kein Ereignis: es ist nicht als eines zu lesen.',
    'Senden Sie ein JSON-Objekt mit einem `type`.',
  ],
  refused_no_name: [
    'Ein track-Aufruf braucht den Namen des Ereignisses.',
    'Senden Sie `event`, zum Beispiel „Product Viewed“.',
  ],
  refused_no_id: [
    'Es nennt gar niemanden: weder userId noch anonymousId, E-Mail oder Telefon.',
    'Senden Sie `userId` oder `anonymousId`.',
  ],
  refused_too_deep: [
    'Es ist mehr als 32 Ebenen tief verschachtelt.',
    'Machen Sie die Eigenschaften flacher.',
  ],
  refused_too_large: ['Es ist größer als 1 MB.', 'Senden Sie weniger oder kürzere Eigenschaften.'],
  refused_prototype_key: [
    'Es enthält einen Schlüssel, der nicht erlaubt ist (`__proto__`, `constructor` oder `prototype`).',
    'Benennen Sie den Schlüssel um.',
  ],
  exception: [
    'Es hat den üblichen Weg verlassen und wird für sich behandelt.',
    'Öffnen Sie das Ereignis.',
  ],
  phone_left_out: [
    'Die Telefonnummer wurde weggelassen, weil sie ungültig ist.',
    'Senden Sie Nummern mit Landesvorwahl (+49 …), oder stellen Sie das Land des Shops ein.',
  ],
  email_left_out: [
    'Die E-Mail-Adresse wurde weggelassen, weil sie ungültig ist.',
    'Berichtigen Sie die Adresse dort, wo sie eingegeben wird.',
  ],
  profile_conflict: [
    'Zwei Profile teilen sich diese Kennzeichen; genommen wurde das, das Klaviyo genannt hat.',
    'Führen Sie die beiden Profile in Klaviyo zusammen.',
  ],
  items_cut: [
    'Die Liste der Artikel wurde auf die 4.000 gekürzt, die Klaviyo annimmt; jede Zeile wird dennoch einzeln gesendet.',
    'Nichts.',
  ],
  properties_cut: [
    'Klaviyo nimmt 400 Eigenschaften je Ereignis; der Rest wurde weggelassen.',
    'Wählen Sie aus, welche Eigenschaften gesendet werden.',
  ],
  text_cut: [
    'Ein Text, der länger war, als Klaviyo annimmt (100 KB), wurde gekürzt.',
    'Senden Sie kürzere Texte.',
  ],
  deprecated_items: [
    '`items` wurde als `products` gelesen. Es ist ein alter Name.',
    'Senden Sie stattdessen `products`.',
  ],
  value_left_out: [
    'Der Betrag wurde weggelassen, weil er keine Zahl ist.',
    'Senden Sie Beträge als Zahlen in der Haupteinheit.',
  ],
  currency_left_out: [
    'Die Währung wurde weggelassen, weil sie kein Kürzel aus drei Buchstaben ist.',
    'Senden Sie Währungen als EUR, USD, …',
  ],
  currency_not_store: [
    'Der Betrag ging in der Währung der Person: das Ereignis sagt nicht, was er in der des Shops ist.',
    'Senden Sie `shop_money` oder `exchange_rate` mit.',
  ],
  amount_is_text: [
    'Ein Preis oder eine Menge ist keine Zahl; sie ging, wie sie ist, und Klaviyo kann sie weder vergleichen noch zusammenzählen.',
    'Senden Sie Preise und Mengen als Zahlen.',
  ],
  no_list: [
    'Was eine Liste sein sollte, etwa `products`, ist keine; es ging, wie es ist, und ergab keine Artikel.',
    'Senden Sie eine Liste von Produkten, jedes mit `product_id`, `name`, `price` und `quantity`.',
  ],
  depth_cut: [
    'Eigenschaften, die tiefer verschachtelt sind, als Klaviyo annimmt (10), gingen als Text.',
    'Machen Sie sie flacher, wenn Segmente sie nutzen sollen.',
  ],
  lines_cut: [
    'Die Bestellung hat mehr als 25.000 Zeilen; die weiteren wurden nicht einzeln gesendet.',
    'Senden Sie unter einem anderen Namen, was keine Bestellung ist.',
  ],
  subscription_left_out: [
    'Ein Abonnement wurde weggelassen: für seinen Kanal gibt es keine Adresse, oder die Verbindung hat die Berechtigung nie bekommen.',
    'Senden Sie die E-Mail-Adresse oder Telefonnummer, für die zugestimmt wurde.',
  ],
  unsigned_left_out: [
    'Was ein Browser neben einer Adresse über die Person gesagt hat (Name, Kundennummer, ein Abonnement), wurde weggelassen.',
    'Lassen Sie den Server des Shops unterschreiben, wer es ist, oder senden Sie es von dort.',
  ],
  time_left_out: [
    'Das Datum war nicht zu lesen; es zählt also der Empfang.',
    'Senden Sie Daten als 2026-11-21T10:00:00Z.',
  ],
}
