/**
 * What the server says, in German, by its own sentence; {} stands for what a sentence names. The first that fits
 * counts. Reasons have their own list; what stands in none is shown as the server says it.
 */
export const sentences: readonly (readonly [server: string, german: string])[] = [
  // Stores
  [
    'There is no country {}. Give its code of two letters, as DE or GB.',
    'Es gibt kein Land {}. Geben Sie sein Kürzel aus zwei Buchstaben an, etwa DE oder GB.',
  ],
  [
    'There is no currency {}. Give its code of three letters, as EUR.',
    'Es gibt keine Währung {}. Geben Sie ihr Kürzel aus drei Buchstaben an, etwa EUR.',
  ],
  // Diagnose
  [
    'Klaviyo is switched off for the whole workspace.',
    'Klaviyo ist für den ganzen Arbeitsbereich ausgeschaltet.',
  ],
  [
    'Switch the workspace’s flag klaviyo on.',
    'Schalten Sie in den Einstellungen „An Klaviyo senden“ ein.',
  ],
  ['The connection is switched off.', 'Die Verbindung ist ausgeschaltet.'],
  [
    'Set Is Enabled to Yes. What ended meanwhile can be sent again.',
    'Stellen Sie „Eingeschaltet“ auf Ja. Was inzwischen endete, lässt sich erneut senden.',
  ],
  ['The integration is switched on.', 'Die Verbindung ist eingeschaltet.'],
  ['Klaviyo is disconnected.', 'Klaviyo ist getrennt.'],
  [
    'Connect it again: what comes from then on is sent.',
    'Verbinden Sie es wieder: was von da an kommt, wird gesendet.',
  ],
  ['Klaviyo does not take what is sent.', 'Klaviyo nimmt nicht an, was gesendet wird.'],
  ['Connect the account again.', 'Verbinden Sie das Konto neu.'],
  ['Klaviyo is connected.', 'Klaviyo ist verbunden.'],
  ['Klaviyo is connected to {}.', 'Klaviyo ist verbunden, mit {}.'],
  [
    'Another node delivers for this connection.',
    'Für diese Verbindung liefert ein anderer Knoten.',
  ],
  [
    'No node delivers: the consumer of this connection is not running.',
    'Kein Knoten liefert: für diese Verbindung wird nicht gesendet.',
  ],
  ['Start a node with the role delivery.', 'Starten Sie einen Knoten mit der Rolle delivery.'],
  ['Nothing waits to be sent.', 'Nichts wartet auf das Senden.'],
  ['1 event waits to be sent.', '1 Ereignis wartet auf das Senden.'],
  ['{} events wait to be sent.', '{} Ereignisse warten auf das Senden.'],
  [
    '1 event waits until the shopper is known.',
    '1 Ereignis wartet, bis bekannt ist, von wem es ist.',
  ],
  [
    '{} events wait until the shopper is known.',
    '{} Ereignisse warten, bis bekannt ist, von wem sie sind.',
  ],
  [
    'Events of this connection are being sent: its consumer runs.',
    'Für diese Verbindung wird gesendet.',
  ],
  [
    'The connection’s own cap of {} requests a second holds events back.',
    'Die eigene Grenze der Verbindung von {} Anfragen je Sekunde hält Ereignisse zurück.',
  ],
  ['No metric was named.', 'Es wurde keine Metrik genannt.'],
  ['{} is switched off for the connection.', '{} ist für die Verbindung ausgeschaltet.'],
  ['{} is switched on.', '{} ist eingeschaltet.'],
  [
    '"{}" is no event that Tillpost knows: it would go under its own name.',
    '„{}“ ist kein Ereignis, das Tillpost kennt: es ginge unter seinem eigenen Namen.',
  ],
  ['One such event came.', 'Ein solches Ereignis kam.'],
  ['Such events came.', 'Solche Ereignisse kamen.'],
  [
    'The source is switched off, so nothing of it is taken.',
    'Die Quelle ist ausgeschaltet; von ihr wird also nichts angenommen.',
  ],
  ['Switch the source on.', 'Schalten Sie die Quelle ein.'],
  [
    'No event of any kind has come from this store yet.',
    'Von diesem Shop kam noch kein einziges Ereignis.',
  ],
  ['What came last was refused at the door: {}', 'Was zuletzt kam, wurde gleich abgelehnt: {}'],
  [
    'Check that the snippet or the SDK is installed with the right write key, then click through the shop.',
    'Prüfen Sie, ob das Snippet oder das SDK mit dem richtigen Schreibschlüssel eingebaut ist, und klicken Sie sich dann durch den Shop.',
  ],
  ['The order {} came.', 'Die Bestellung {} kam.'],
  [
    'The order {} came, but not of this shopper.',
    'Die Bestellung {} kam, aber nicht von dieser Person.',
  ],
  [
    'Ask for the order alone, and see whose it is.',
    'Fragen Sie nach der Bestellung allein und sehen Sie, von wem sie ist.',
  ],
  [
    'No event "{}" and no order of this number has ever come from this store.',
    'Von diesem Shop kam noch nie ein Ereignis „{}“ oder eine Bestellung mit dieser Nummer.',
  ],
  [
    'Check the number, and look into the shop’s log whether it told the order.',
    'Prüfen Sie die Nummer, und sehen Sie im Protokoll des Shops nach, ob er die Bestellung meldete.',
  ],
  [
    'No event "{}" has ever come from this store.',
    'Von diesem Shop kam noch nie ein Ereignis „{}“.',
  ],
  [
    'Look under Events for the names that the shop uses, and check that it tells this one.',
    'Sehen Sie unter Ereignisse nach, welche Namen der Shop verwendet, und prüfen Sie, ob er dieses meldet.',
  ],
  ['Did you mean {}? That has come.', 'Meinten Sie {}? Das kam.'],
  ['Did you mean {}? Those have come.', 'Meinten Sie {}? Die kamen.'],
  [
    'No event "{}" of this shopper has come in that time, though others have.',
    'In dieser Zeit kam von dieser Person kein Ereignis „{}“, wohl aber andere.',
  ],
  [
    'No event "{}" has come in that time, though others have.',
    'In dieser Zeit kam kein Ereignis „{}“, wohl aber andere.',
  ],
  [
    'No event of this shopper has come in that time, though others have.',
    'In dieser Zeit kam von dieser Person kein Ereignis, wohl aber von anderen.',
  ],
  [
    'No event has come in that time, though others have.',
    'In dieser Zeit kam kein Ereignis, sonst aber schon.',
  ],
  [
    'Check that the shop tells it, and under which name; and that the shopper was known by this address then.',
    'Prüfen Sie, ob der Shop es meldet und unter welchem Namen; und ob die Person damals unter dieser Adresse bekannt war.',
  ],
  ['There is no event to look at.', 'Es gibt kein Ereignis, das man ansehen könnte.'],
  ['The shopper’s email address is known.', 'Die E-Mail-Adresse der Person ist bekannt.'],
  [
    'The shopper is known, without an email address.',
    'Die Person ist bekannt, aber ohne E-Mail-Adresse.',
  ],
  ['Klaviyo accepted it.', 'Klaviyo hat es angenommen.'],
  [
    'In Klaviyo, look at the profile’s activity. Klaviyo shows it within a minute or two.',
    'Sehen Sie in Klaviyo die Aktivität des Profils an. Klaviyo zeigt es nach ein, zwei Minuten.',
  ],
  ['It waits for its turn.', 'Es wartet, bis es an der Reihe ist.'],
  ['Nothing: it is sent by itself.', 'Nichts: es wird von selbst gesendet.'],
  // What counts twice
  [
    'Nothing else sends these events to the account.',
    'Nichts anderes sendet diese Ereignisse an das Konto.',
  ],
  ['In this account {} sends {} too.', 'In diesem Konto sendet auch {}: {}.'],
  [
    'Switch them off there or here. Else reports that go by the name count them twice, and flows may start twice. If it is meant to be so, acknowledge it.',
    'Schalten Sie sie dort oder hier aus. Sonst zählen Berichte, die nach dem Namen gehen, doppelt, und Flows können zweimal starten. Ist es so gewollt, bestätigen Sie es.',
  ],
  [
    'It could not be checked whether another integration sends the same.',
    'Es ließ sich nicht prüfen, ob eine andere Integration dasselbe sendet.',
  ],
  ['The store is not connected.', 'Der Shop ist nicht verbunden.'],
  ['Try again in a minute.', 'Versuchen Sie es in einer Minute noch einmal.'],
  // What an event becomes, and whether Klaviyo has it
  [
    'The event "{}", worth {}, with the unique id {}.',
    '„{}“ im Wert von {}, mit der eindeutigen Kennung {}.',
  ],
  ['The event "{}", with the unique id {}.', '„{}“, mit der eindeutigen Kennung {}.'],
  ['The profile, made or brought up to date.', 'Das Profil, angelegt oder auf den Stand gebracht.'],
  ['A subscription to {}, by the list {}.', 'Eine Anmeldung für {}, über die Liste {}.'],
  ['A subscription to {}.', 'Eine Anmeldung für {}.'],
  [
    'The end of the subscription to {}, by the list {}.',
    'Die Abmeldung von {}, über die Liste {}.',
  ],
  ['The end of the subscription to {}.', 'Die Abmeldung von {}.'],
  ['email', 'E-Mail'],
  ['sms', 'SMS'],
  ['email and sms', 'E-Mail und SMS'],
  ['Your rule "{}" changed it.', 'Ihre Regel „{}“ hat es geändert.'],
  ['Your rule "{}" removed it.', 'Ihre Regel „{}“ hat es entfernt.'],
  ['Note: {}', 'Hinweis: {}'],
  ['It becomes no event at Klaviyo.', 'Daraus wird in Klaviyo kein Ereignis.'],
  ['"{}" is in Klaviyo.', '„{}“ ist in Klaviyo.'],
  [
    '"{}" is not in Klaviyo yet, though it was accepted.',
    '„{}“ ist noch nicht in Klaviyo, obwohl es angenommen wurde.',
  ],
  ['"{}" is not in Klaviyo.', '„{}“ ist nicht in Klaviyo.'],
  [
    'Klaviyo works on what it accepted within a minute or two. Look again then.',
    'Was Klaviyo angenommen hat, bearbeitet es binnen ein, zwei Minuten. Sehen Sie dann noch einmal nach.',
  ],
  [
    'Look at what became of it: it has not been accepted.',
    'Sehen Sie nach, was daraus wurde: angenommen wurde es nicht.',
  ],
  ['Klaviyo could not be asked.', 'Klaviyo ließ sich nicht fragen.'],
  [
    'Reading an event back needs the permissions events:read, metrics:read and profiles:read.',
    'Um ein Ereignis nachzusehen, braucht es die Berechtigungen events:read, metrics:read und profiles:read.',
  ],
  // Klaviyo’s answers, and what it could not be asked for
  [
    'The app was removed in Klaviyo. Connect it again.',
    'Die App wurde in Klaviyo entfernt. Verbinden Sie sie neu.',
  ],
  [
    'Klaviyo cannot be reached from here ({}). Check the network, then try again.',
    'Klaviyo ist von hier aus nicht zu erreichen ({}). Prüfen Sie das Netz und versuchen Sie es dann noch einmal.',
  ],
  [
    'Klaviyo refused the key (401). Copy the private key from Klaviyo, Settings, API keys.',
    'Klaviyo hat den Schlüssel abgelehnt (401). Kopieren Sie den privaten Schlüssel aus Klaviyo, Settings, API keys.',
  ],
  [
    'Klaviyo asks to wait {} s. Try again then.',
    'Klaviyo bittet um {} s Geduld. Versuchen Sie es dann noch einmal.',
  ],
  [
    'Klaviyo is having trouble ({}). Try again in a minute.',
    'Klaviyo hat Schwierigkeiten ({}). Versuchen Sie es in einer Minute noch einmal.',
  ],
  ['No answer from Klaviyo: {}.', 'Keine Antwort von Klaviyo: {}.'],
  [
    "A web page came instead of an answer of Klaviyo's API (HTTP {}). Check proxies on the way.",
    'Statt einer Antwort von Klaviyos API kam eine Webseite (HTTP {}). Prüfen Sie Proxys auf dem Weg.',
  ],
  [
    'Klaviyo no longer offers this call (HTTP 410). Update Tillpost, then send it again.',
    'Klaviyo bietet diesen Aufruf nicht mehr an (HTTP 410). Aktualisieren Sie Tillpost, dann senden Sie erneut.',
  ],
  ['HTTP {} without an explanation.', 'HTTP {} ohne Erklärung.'],
  [
    'This address does not answer like Klaviyo: check the base URL.',
    'Diese Adresse antwortet nicht wie Klaviyo: prüfen Sie die Adresse.',
  ],
  ['Klaviyo did not give its lists.', 'Klaviyo hat seine Listen nicht genannt.'],
  [
    'Reading them needs the permission lists:read.',
    'Um sie zu lesen, braucht es die Berechtigung lists:read.',
  ],
  [
    'Klaviyo has no list of this id. The address of a list’s page there ends with its id.',
    'Klaviyo hat keine Liste mit dieser Kennung. Dort endet die Adresse der Seite einer Liste mit ihrer Kennung.',
  ],
  [
    'Klaviyo has no event "{}" yet, so it cannot be asked for. Make one with a test shopper’s email address, wait a minute or two, then try again.',
    'Klaviyo hat noch kein Ereignis „{}“, also lässt sich nicht danach fragen. Erzeugen Sie eines mit der E-Mail-Adresse einer Testperson, warten Sie ein, zwei Minuten und versuchen Sie es dann noch einmal.',
  ],
  [
    'The key lacks {}: {}. Give it that permission in Klaviyo.',
    'Dem Schlüssel fehlt {}: {}. Geben Sie ihm in Klaviyo diese Berechtigung.',
  ],
  ['no event can be sent', 'es lässt sich kein Ereignis senden'],
  [
    'shoppers’ details cannot be kept up to date',
    'Angaben zu Personen lassen sich nicht auf dem Stand halten',
  ],
  ['nobody can be subscribed to marketing', 'niemand lässt sich für Marketing anmelden'],
  ['lists cannot be shown for choosing one', 'Listen lassen sich nicht zur Auswahl zeigen'],
  [
    'it cannot be checked that events have arrived',
    'es lässt sich nicht prüfen, ob Ereignisse angekommen sind',
  ],
  [
    'The key may not read the account (accounts:read): enter the public key, which is the account’s id.',
    'Der Schlüssel darf das Konto nicht lesen (accounts:read): geben Sie den öffentlichen Schlüssel ein, das ist die Kennung des Kontos.',
  ],
  // Signing in and out, members, tokens
  [
    'Sign in first: the session is over, or there was none.',
    'Melden Sie sich zuerst an: die Sitzung ist zu Ende, oder es gab keine.',
  ],
  ['Email address or password is wrong.', 'E-Mail-Adresse oder Passwort ist falsch.'],
  [
    'This code is wrong, or was used already. Wait for the next one.',
    'Dieser Code ist falsch oder wurde schon benutzt. Warten Sie auf den nächsten.',
  ],
  [
    'This code is wrong. Check that the clock of your phone is right.',
    'Dieser Code ist falsch. Prüfen Sie, ob die Uhr Ihres Telefons stimmt.',
  ],
  [
    'Too many wrong tries. Try again in {} s.',
    'Zu viele falsche Versuche. Versuchen Sie es in {} s noch einmal.',
  ],
  [
    'Too many wrong tries. Try again later.',
    'Zu viele falsche Versuche. Versuchen Sie es später noch einmal.',
  ],
  [
    'Too many sign in at the moment. Try again in a few seconds.',
    'Gerade melden sich zu viele an. Versuchen Sie es in einigen Sekunden noch einmal.',
  ],
  ['Wait {} s, then go on.', 'Warten Sie {} s, dann geht es weiter.'],
  [
    'Signing in needs https, or a browser on the machine itself. Put a proxy with a certificate in front and name it in TILLPOST_TRUSTED_PROXIES, or tunnel: ssh -L 4400:127.0.0.1:4400 <that machine>.',
    'Zum Anmelden braucht es https oder einen Browser auf dem Rechner selbst. Setzen Sie einen Proxy mit Zertifikat davor und nennen Sie ihn in TILLPOST_TRUSTED_PROXIES, oder tunneln Sie: ssh -L 4400:127.0.0.1:4400 <der Rechner>.',
  ],
  [
    'Give the code of the second factor first.',
    'Geben Sie zuerst den Code des zweiten Faktors ein.',
  ],
  [
    'This workspace asks its members for a second factor. Set one up, then come back.',
    'Dieser Arbeitsbereich verlangt von allen einen zweiten Faktor. Richten Sie ihn ein, dann kommen Sie zurück.',
  ],
  ['This is not your password.', 'Das ist nicht Ihr Passwort.'],
  [
    'There is a second factor already. Switch it off first.',
    'Es gibt schon einen zweiten Faktor. Schalten Sie ihn zuerst aus.',
  ],
  ['This setup is over. Begin again.', 'Diese Einrichtung ist abgelaufen. Beginnen Sie neu.'],
  [
    'Use at least {} characters: a few words in a row are easy to remember.',
    'Nehmen Sie mindestens {} Zeichen: ein paar Wörter hintereinander merkt man sich leicht.',
  ],
  ['Use at most {} characters.', 'Nehmen Sie höchstens {} Zeichen.'],
  [
    'This is one of the first that somebody would try. Use a few words that have nothing to do with each other.',
    'Das ist eines der ersten, die jemand versuchen würde. Nehmen Sie ein paar Wörter, die nichts miteinander zu tun haben.',
  ],
  [
    'Sign in as the member who was invited, then open the link again.',
    'Melden Sie sich als das eingeladene Mitglied an, dann öffnen Sie den Link noch einmal.',
  ],
  [
    'Send a name and a password for the new member.',
    'Geben Sie einen Namen und ein Passwort für das neue Mitglied an.',
  ],
  [
    'This link was used, is over, or never was. Ask for a new one.',
    'Dieser Link wurde benutzt, ist abgelaufen oder war nie einer. Bitten Sie um einen neuen.',
  ],
  [
    'There is a member of this email address already.',
    'Es gibt schon ein Mitglied mit dieser E-Mail-Adresse.',
  ],
  ['Whoever has this address is a member already.', 'Wer diese Adresse hat, ist schon Mitglied.'],
  [
    'This member also belongs to workspaces that you do not manage, or looks after the installation. On the server, `tillpost reset-link` makes a link.',
    'Dieses Mitglied gehört auch zu Arbeitsbereichen, die Sie nicht verwalten, oder betreut die Installation. Auf dem Server macht `tillpost reset-link` einen Link.',
  ],
  [
    'Only owners make, change and remove owners.',
    'Nur Inhaber ernennen, ändern und entfernen Inhaber.',
  ],
  [
    'A workspace needs an owner: make somebody else one first.',
    'Ein Arbeitsbereich braucht einen Inhaber: machen Sie zuerst jemand anderen dazu.',
  ],
  [
    'This needs the permission to {}. Ask an owner or admin of the workspace.',
    'Das darf Ihre Rolle nicht. Fragen Sie Inhaber oder Admins des Arbeitsbereichs.',
  ],
  [
    'Changing {} needs the permission develop.',
    'Um {} zu ändern, braucht es die Berechtigung develop.',
  ],
  ['You do not have the permission {} yourself.', 'Die Berechtigung {} haben Sie selbst nicht.'],
  ['This is for the installation’s operator.', 'Das ist dem Betrieb der Installation vorbehalten.'],
  ['A network looks like 203.0.113.0/24.', 'Ein Netz sieht so aus: 203.0.113.0/24.'],
  [
    'Whoever made a token rolls it. You can end it instead.',
    'Ein Token erneuert, wer es gemacht hat. Sie können es stattdessen beenden.',
  ],
  // Stores, sources, connections
  [
    'This source is switched off, so the store sends nothing. Switch it on first.',
    'Diese Quelle ist ausgeschaltet, der Shop sendet also nichts. Schalten Sie sie zuerst ein.',
  ],
  [
    'The source is switched off. Switch it on first.',
    'Die Quelle ist ausgeschaltet. Schalten Sie sie zuerst ein.',
  ],
  [
    'These two are connected already: every event would go twice.',
    'Diese beiden sind schon verbunden: jedes Ereignis ginge zweimal.',
  ],
  [
    'Klaviyo is not connected. Connect it first.',
    'Klaviyo ist nicht verbunden. Verbinden Sie es zuerst.',
  ],
  [
    'This account is connected by Klaviyo’s own page. What is sent with a key makes a second metric of each name there, so a connection has one of the two. To change it, disconnect, then add the account by its key.',
    'Dieses Konto ist über Klaviyos eigene Seite verbunden. Was mit einem Schlüssel gesendet wird, ergibt dort zu jedem Namen eine zweite Metrik; eine Verbindung hat daher eines von beiden. Um zu wechseln, trennen Sie sie und fügen das Konto mit seinem Schlüssel hinzu.',
  ],
  [
    'That key belongs to another Klaviyo account. It was not saved. Add it as a destination of its own.',
    'Dieser Schlüssel gehört zu einem anderen Klaviyo-Konto. Er wurde nicht gespeichert. Fügen Sie es als eigenes Ziel hinzu.',
  ],
  [
    'These credentials are of {}, whose public key is {}. To use another account, add it by its own key.',
    'Diese Zugangsdaten gehören zu {} mit dem öffentlichen Schlüssel {}. Für ein anderes Konto fügen Sie es mit seinem eigenen Schlüssel hinzu.',
  ],
  [
    'Another store has the key {}. Send another `key`.',
    'Ein anderer Shop hat schon das Kürzel {}. Nehmen Sie ein anderes.',
  ],
  [
    'Name pages by their origin, as https://shop.example or https://*.shop.example.',
    'Nennen Sie Seiten nach ihrem Ursprung, etwa https://shop.example oder https://*.shop.example.',
  ],
  [
    'Nobody knows this time zone. Give one as Europe/Berlin.',
    'Diese Zeitzone kennt niemand. Geben Sie eine an wie Europe/Berlin.',
  ],
  ['The cart’s address cannot be used.', 'Die Adresse des Warenkorbs lässt sich nicht verwenden.'],
  [
    'It has to be an address that holds {} once, behind the name of the shop: {}',
    'Es muss eine Adresse sein, die einmal {} enthält, hinter dem Namen des Shops: {}',
  ],
  ['It must not hold a password.', 'Sie darf kein Passwort enthalten.'],
  ['It has to begin with https://', 'Sie muss mit https:// beginnen.'],
  [
    'It has to be at the store’s own domain, {}, or beneath it.',
    'Sie muss unter der Domain des Shops liegen, {}, oder darunter.',
  ],
  [
    'This is not the workspace’s name. Type it as it is, so that the right one is deleted.',
    'Das ist nicht der Name des Arbeitsbereichs. Tippen Sie ihn, wie er ist, damit der richtige gelöscht wird.',
  ],
  [
    'It is connected to Klaviyo. Disconnect it first: that says what waits, and ends it.',
    'Es ist mit Klaviyo verbunden. Trennen Sie es zuerst: das sagt, was wartet, und beendet es.',
  ],
  [
    '{} events of it are still being ended. Try again in a moment.',
    '{} Ereignisse davon werden noch beendet. Versuchen Sie es gleich noch einmal.',
  ],
  [
    'Its source gets a browser key at the next start.',
    'Seine Quelle bekommt beim nächsten Start einen Browser-Schlüssel.',
  ],
  // Settings, rules, mappings, the configuration file
  [
    'Somebody changed the settings meanwhile: the newest version is {}. Read it, then change that.',
    'Inzwischen hat jemand die Einstellungen geändert: die neueste Version ist {}. Sehen Sie sie an, dann ändern Sie diese.',
  ],
  [
    'This is no configuration of Tillpost: it has no "tillpost": "configuration". Give a file that `tillpost config export` wrote, or that was downloaded under Settings.',
    'Das ist keine Konfiguration von Tillpost: darin steht kein "tillpost": "configuration". Nehmen Sie eine Datei, die `tillpost config export` geschrieben hat oder die unter Einstellungen heruntergeladen wurde.',
  ],
  [
    'The file has the format {}, and this version of Tillpost reads format {}. Import it with a newer version.',
    'Die Datei hat das Format {}, und diese Version von Tillpost liest das Format {}. Importieren Sie sie mit einer neueren Version.',
  ],
  [
    'The file does not say "format": {}, which this version of Tillpost reads. Export it again.',
    'In der Datei steht kein "format": {}, wie diese Version von Tillpost es liest. Exportieren Sie sie neu.',
  ],
  [
    'The file lacks {}. Export it again, or add what is missing: an empty list where there are none.',
    'Der Datei fehlt: {}. Exportieren Sie sie neu, oder ergänzen Sie, was fehlt: eine leere Liste, wo es nichts gibt.',
  ],
  ['{}: The file names this twice.', '{}: Das nennt die Datei zweimal.'],
  ['{}: There is no store {} in the file.', '{}: In der Datei gibt es keinen Shop {}.'],
  [
    '{}: There is no source {} of the store {} in the file.',
    '{}: In der Datei gibt es keine Quelle {} des Shops {}.',
  ],
  [
    '{}: There is no such account among the destinations of the file.',
    '{}: Unter den Zielen der Datei gibt es kein solches Konto.',
  ],
  ['There may be {} rules at most.', 'Es darf höchstens {} Regeln geben.'],
  [
    'A rule needs a name of 1 to {} characters.',
    'Eine Regel braucht einen Namen von 1 bis {} Zeichen.',
  ],
  [
    'A rule names its events in a list of {} at most, each with {} characters at most; "*" stands for all.',
    'Eine Regel nennt höchstens {} Ereignisse, jedes mit höchstens {} Zeichen; „*“ steht für alle.',
  ],
  ['A rule’s conditions are a list of {} at most.', 'Eine Regel hat höchstens {} Bedingungen.'],
  ['A rule’s changes are a list of {} at most.', 'Eine Regel hat höchstens {} Änderungen.'],
  [
    'All rules together may have {} conditions.',
    'Alle Regeln zusammen dürfen {} Bedingungen haben.',
  ],
  ['All rules together may have {} patterns.', 'Alle Regeln zusammen dürfen {} Muster haben.'],
  [
    'This is no pattern in RE2’s language, or it is too large. RE2 has no look-around and no back-references.',
    'Das ist kein Muster in der Sprache von RE2, oder es ist zu groß. RE2 kennt kein Look-around und keine Rückbezüge.',
  ],
  ['Say what the rule changes.', 'Sagen Sie, was die Regel ändert.'],
  ['Compare with a number.', 'Vergleichen Sie mit einer Zahl.'],
  [
    'Compare with a text, a number, true or false.',
    'Vergleichen Sie mit einem Text, einer Zahl, true oder false.',
  ],
  [
    'Compare with a text of {} characters at most.',
    'Vergleichen Sie mit einem Text von höchstens {} Zeichen.',
  ],
  [
    'Give 1 to {} values: texts, numbers, true or false.',
    'Geben Sie 1 bis {} Werte an: Texte, Zahlen, true oder false.',
  ],
  ['Give a name of 1 to {} characters.', 'Geben Sie einen Namen von 1 bis {} Zeichen an.'],
  [
    'Give the metric a name of 1 to 127 characters.',
    'Geben Sie der Metrik einen Namen von 1 bis {} Zeichen.',
  ],
  ['Set a text, a number, true or false.', 'Setzen Sie einen Text, eine Zahl, true oder false.'],
  [
    'Name a field: properties.total, traits.plan, context.page.url, …',
    'Nennen Sie ein Feld: properties.total, traits.plan, context.page.url, …',
  ],
  ['Name a field: properties.total', 'Nennen Sie ein Feld: properties.total'],
  ['A field starts with {}.', 'Ein Feld beginnt mit {}.'],
  ['Nothing is inside {}.', 'In {} liegt nichts.'],
  ['Say which of the {}: {}', 'Sagen Sie, welches der {}: {}'],
  ['The field lies too deep.', 'Das Feld liegt zu tief.'],
  [
    'A part of the field is empty, or a name that no event has.',
    'Ein Teil des Feldes ist leer oder ein Name, den kein Ereignis hat.',
  ],
  [
    'No rule may change what a shopper agreed to.',
    'Keine Regel darf ändern, wozu jemand eingewilligt hat.',
  ],
  [
    'There may be {} changed mappings at most.',
    'Es darf höchstens {} geänderte Zuordnungen geben.',
  ],
  ['Give the name of the event.', 'Geben Sie den Namen des Ereignisses an.'],
  ['Give a list of property names.', 'Geben Sie eine Liste von Eigenschaften an.'],
  ['There may be {} at most.', 'Es dürfen höchstens {} sein.'],
  ['This is no name for a property.', 'So kann keine Eigenschaft heißen.'],
  [
    'Say where the value comes from: "properties.total".',
    'Sagen Sie, woher der Wert kommt: „properties.total“.',
  ],
  // Events and failed ones
  [
    'Klaviyo has it. There is nothing to send again.',
    'Klaviyo hat es. Es gibt nichts erneut zu senden.',
  ],
  [
    'It is on its way. There is nothing to send again yet.',
    'Es ist unterwegs. Es gibt noch nichts erneut zu senden.',
  ],
  [
    'It is on its way: there is nothing to send again yet.',
    'Es ist unterwegs: es gibt noch nichts erneut zu senden.',
  ],
  [
    'It waits for its shopper, and is sent by itself once the shopper is known.',
    'Es wartet auf seine Person und wird von selbst gesendet, sobald sie bekannt ist.',
  ],
  [
    'It came before this connection, which sends what came since. If it is still wanted, the shop can send it once more with a new message id.',
    'Es kam vor dieser Verbindung; sie sendet, was seitdem kam. Wird es noch gebraucht, kann der Shop es mit einer neuen Nachrichtenkennung noch einmal senden.',
  ],
  ['It came before this connection.', 'Es kam vor dieser Verbindung.'],
  [
    'Events like that came before this connection.',
    'Solche Ereignisse kamen vor dieser Verbindung.',
  ],
  [
    'The one that was there then was disconnected on {} and sends nothing any more.',
    'Die damalige wurde am {} getrennt und sendet nichts mehr.',
  ],
  [
    'The one that was there then was disconnected and sends nothing any more.',
    'Die damalige wurde getrennt und sendet nichts mehr.',
  ],
  [
    'What is still wanted, the shop can send once more with new message ids.',
    'Was noch gebraucht wird, kann der Shop mit neuen Nachrichtenkennungen noch einmal senden.',
  ],
  ['A replay is of what has ended.', 'Erneut gesendet wird, was geendet hat.'],
  [
    'An event with this messageId came before, so this one counts for nothing. Leave it out, or give another.',
    'Ein Ereignis mit dieser messageId kam schon, dieses zählt also nicht. Lassen Sie sie weg, oder geben Sie eine andere an.',
  ],
  ['Give either a metric or an event.', 'Geben Sie entweder eine Metrik oder ein Ereignis an.'],
  [
    'Give the email address of the test shopper.',
    'Geben Sie die E-Mail-Adresse der Testperson an.',
  ],
  ['email is needed with a metric.', 'Zu einer Metrik gehört eine E-Mail-Adresse.'],
  [
    'Say whose event is missing (`who`), or which one (`metric`), or both.',
    'Sagen Sie, wessen Ereignis fehlt, oder welches, oder beides.',
  ],
  [
    'No event with this message id has arrived on this connection, or its body is past the retention time.',
    'Über diese Verbindung kam kein Ereignis mit dieser Nachrichtenkennung, oder sein Inhalt wird nicht mehr aufbewahrt.',
  ],
  [
    'This connection was disconnected on {}, and sends nothing any more; the one that took over sends what came since. What is still wanted of these, the shop can send once more with new message ids.',
    'Diese Verbindung wurde am {} getrennt und sendet nichts mehr; was seitdem kam, sendet ihre Nachfolgerin. Was hiervon noch gebraucht wird, kann der Shop mit neuen Nachrichtenkennungen noch einmal senden.',
  ],
  [
    'This connection was disconnected, and sends nothing any more; the one that took over sends what came since. What is still wanted of these, the shop can send once more with new message ids.',
    'Diese Verbindung wurde getrennt und sendet nichts mehr; was seitdem kam, sendet ihre Nachfolgerin. Was hiervon noch gebraucht wird, kann der Shop mit neuen Nachrichtenkennungen noch einmal senden.',
  ],
  [
    'The connection is switched off: what is sent again would end as not sent. Switch it on first.',
    'Die Verbindung ist ausgeschaltet: was erneut gesendet wird, endete als nicht gesendet. Schalten Sie sie zuerst ein.',
  ],
  [
    'Too many live views are open. Close one in another tab, then look again.',
    'Zu viele Live-Ansichten sind offen. Schließen Sie eine in einem anderen Tab, dann sehen Sie noch einmal nach.',
  ],
  // Of any request
  ['There is nothing with this id here.', 'Hier gibt es nichts mit dieser Kennung.'],
  [
    'The same request is being worked on. Ask again in a moment.',
    'Dieselbe Anfrage wird gerade bearbeitet. Fragen Sie gleich noch einmal.',
  ],
  ['A request holds at most {} values.', 'Eine Anfrage darf höchstens {} Werte enthalten.'],
  ['A request holds at most {} levels.', 'Eine Anfrage darf höchstens {} Ebenen tief sein.'],
  [
    'A text holds a NUL character, which cannot be kept.',
    'Ein Text enthält ein NUL-Zeichen, das sich nicht speichern lässt.',
  ],
  [
    'Something went wrong here. The log of the server says more; please report it.',
    'Hier ging etwas schief. Das Protokoll des Servers sagt mehr; bitte melden Sie es.',
  ],
  ['The server answered {}.', 'Der Server hat mit {} geantwortet.'],
  [
    'There is no field {}. Check how it is written.',
    'Ein Feld {} gibt es nicht. Prüfen Sie, wie es geschrieben ist.',
  ],
  [
    'A field has a name that is not known here.',
    'Ein Feld hat einen Namen, den es hier nicht gibt.',
  ],
  ['{} is needed.', '{} fehlt.'],
  ['{} has to be a text.', '{} muss ein Text sein.'],
  ['{} has to be a whole number.', '{} muss eine ganze Zahl sein.'],
  ['{} has to be a number.', '{} muss eine Zahl sein.'],
  ['{} has to be true or false.', '{} muss true oder false sein.'],
  ['{} has to be a list.', '{} muss eine Liste sein.'],
  ['{} has to be an object.', '{} muss ein Objekt sein.'],
  ['{} has to be filled in.', '{} muss ausgefüllt sein.'],
  ['{} has to have at least {} characters.', '{} muss mindestens {} Zeichen haben.'],
  ['{} has to have at most {} characters.', '{} darf höchstens {} Zeichen haben.'],
  ['{} has to be {} or more.', '{} muss {} oder mehr sein.'],
  ['{} has to be {} or less.', '{} muss {} oder weniger sein.'],
  ['{} has to hold at least {}.', '{} muss mindestens {} enthalten.'],
  ['{} has to hold at most {}.', '{} darf höchstens {} enthalten.'],
  ['{} has to hold nothing twice.', '{} darf nichts zweimal enthalten.'],
  ['{} has to hold more than spaces.', '{} darf nicht nur aus Leerzeichen bestehen.'],
  ['{} has to be without spaces.', '{} darf keine Leerzeichen enthalten.'],
  [
    '{} has to be an email address, as ada@shop.example.',
    '{} muss eine E-Mail-Adresse sein, etwa ada@shop.example.',
  ],
  [
    '{} has to be a domain without https://, path and spaces, as shop.example.',
    '{} muss eine Domain ohne https://, Pfad und Leerzeichen sein, etwa shop.example.',
  ],
  [
    '{} has to be a country’s code of two capital letters, as DE.',
    '{} muss das Kürzel eines Landes aus zwei Großbuchstaben sein, etwa DE.',
  ],
  [
    '{} has to be a currency’s code of three capital letters, as EUR.',
    '{} muss das Kürzel einer Währung aus drei Großbuchstaben sein, etwa EUR.',
  ],
  [
    '{} has to be a time zone, as Europe/Berlin.',
    '{} muss eine Zeitzone sein, etwa Europe/Berlin.',
  ],
  [
    '{} has to be the id of one of Klaviyo’s lists: letters and digits, as Y6nRLr.',
    '{} muss die Kennung einer Liste von Klaviyo sein: Buchstaben und Ziffern, etwa Y6nRLr.',
  ],
  [
    '{} has to be 1 to 40 small letters, digits and hyphens, as my-shop.',
    '{} muss aus 1 bis 40 Kleinbuchstaben, Ziffern und Bindestrichen bestehen, etwa my-shop.',
  ],
  [
    '{} has to be a few words: three letters at least.',
    '{} muss ein paar Wörter enthalten: mindestens drei Buchstaben.',
  ],
  [
    '{} has to be a time, as 2026-11-03T14:05:00Z.',
    '{} muss ein Zeitpunkt sein, etwa 2026-11-03T14:05:00Z.',
  ],
  [
    '{} has to be as its page of the API says: {}.',
    '{} muss sein, wie es auf seiner Seite der API steht: {}.',
  ],
  [
    '{} has to be as its page of the API says.',
    '{} muss sein, wie es auf seiner Seite der API steht.',
  ],
  ['{} has to be {} or {}.', '{} muss {} oder {} sein.'],
  ['{} has to be {}.', '{} muss {} sein.'],
]
