"""Writes grammar.toml: the verb forms, word classes and endings that phrase patterns draw on.

    python models/de/rules/conjugate.py

Principal parts of strong and irregular verbs are listed here (infinitive: third person present, preterite, participle,
second subjunctive where it is common); weak verbs follow from the infinitive. Own work from general knowledge of German.
"""

from __future__ import annotations

import argparse
from pathlib import Path

HERE = Path(__file__).resolve().parent

STRONG = """
nehmen nimmt nahm genommen nähme
geben gibt gab gegeben gäbe
gehen geht ging gegangen ginge
kommen kommt kam gekommen käme
stehen steht stand gestanden stünde
tun tut tat getan täte
sehen sieht sah gesehen sähe
halten hält hielt gehalten hielte
fallen fällt fiel gefallen fiele
lassen lässt ließ gelassen ließe
laufen läuft lief gelaufen liefe
ziehen zieht zog gezogen zöge
schlagen schlägt schlug geschlagen schlüge
tragen trägt trug getragen trüge
treffen trifft traf getroffen träfe
werfen wirft warf geworfen würfe
brechen bricht brach gebrochen bräche
sprechen spricht sprach gesprochen spräche
finden findet fand gefunden fände
binden bindet band gebunden bände
bleiben bleibt blieb geblieben bliebe
schreiben schreibt schrieb geschrieben schriebe
treiben treibt trieb getrieben triebe
steigen steigt stieg gestiegen stiege
liegen liegt lag gelegen läge
sitzen sitzt saß gesessen säße
schneiden schneidet schnitt geschnitten schnitte
schießen schießt schoss geschossen schösse
schließen schließt schloss geschlossen schlösse
gießen gießt goss gegossen gösse
bieten bietet bot geboten böte
fliegen fliegt flog geflogen flöge
verlieren verliert verlor verloren verlöre
gewinnen gewinnt gewann gewonnen gewänne
beginnen beginnt begann begonnen begänne
bringen bringt brachte gebracht brächte
denken denkt dachte gedacht dächte
kennen kennt kannte gekannt kennte
nennen nennt nannte genannt nennte
brennen brennt brannte gebrannt brennte
rennen rennt rannte gerannt rennte
wissen weiß wusste gewusst wüsste
essen isst aß gegessen äße
fressen frisst fraß gefressen fräße
trinken trinkt trank getrunken tränke
springen springt sprang gesprungen spränge
singen singt sang gesungen sänge
sinken sinkt sank gesunken sänke
schwimmen schwimmt schwamm geschwommen schwämme
reißen reißt riss gerissen risse
beißen beißt biss gebissen bisse
greifen greift griff gegriffen griffe
fahren fährt fuhr gefahren führe
graben gräbt grub gegraben grübe
waschen wäscht wusch gewaschen wüsche
wachsen wächst wuchs gewachsen wüchse
fangen fängt fing gefangen finge
hängen hängt hing gehangen hinge
heben hebt hob gehoben höbe
schieben schiebt schob geschoben schöbe
rufen ruft rief gerufen riefe
raten rät riet geraten riete
schlafen schläft schlief geschlafen schliefe
stoßen stößt stieß gestoßen stieße
leiden leidet litt gelitten litte
leihen leiht lieh geliehen liehe
sterben stirbt starb gestorben stürbe
werden wird wurde geworden würde
sein ist war gewesen wäre
haben hat hatte gehabt hätte
treten tritt trat getreten träte
lesen liest las gelesen läse
bitten bittet bat gebeten bäte
reiten reitet ritt geritten ritte
stehlen stiehlt stahl gestohlen stähle
senden sendet sandte gesandt sendete
wenden wendet wandte gewandt wendete
schwören schwört schwor geschworen schwüre
erheben erhebt erhob erhoben erhöbe
erhalten erhält erhielt erhalten erhielte
bekommen bekommt bekam bekommen bekäme
verstehen versteht verstand verstanden verstünde
entscheiden entscheidet entschied entschieden entschiede
verlassen verlässt verließ verlassen verließe
vergehen vergeht verging vergangen verginge
begehen begeht beging begangen beginge
betreten betritt betrat betreten beträte
vertreten vertritt vertrat vertreten verträte
unternehmen unternimmt unternahm unternommen unternähme
übernehmen übernimmt übernahm übernommen übernähme
unterschreiben unterschreibt unterschrieb unterschrieben unterschriebe
widersprechen widerspricht widersprach widersprochen widerspräche
ertrinken ertrinkt ertrank ertrunken ertränke
erfahren erfährt erfuhr erfahren erführe
verbringen verbringt verbrachte verbracht verbrächte
verschwinden verschwindet verschwand verschwunden verschwände
befinden befindet befand befunden befände
enthalten enthält enthielt enthalten enthielte
bestehen besteht bestand bestanden bestünde
können kann konnte gekonnt könnte
müssen muss musste gemusst müsste
sollen soll sollte gesollt sollte
wollen will wollte gewollt wollte
dürfen darf durfte gedurft dürfte
mögen mag mochte gemocht möchte
geschehen geschieht geschah geschehen geschähe
versprechen verspricht versprach versprochen verspräche
ergreifen ergreift ergriff ergriffen ergriffe
erscheinen erscheint erschien erschienen erschiene
scheinen scheint schien geschienen schiene
weichen weicht wich gewichen wiche
vergeben vergibt vergab vergeben vergäbe
verderben verdirbt verdarb verdorben verdürbe
gelten gilt galt gegolten gälte
helfen hilft half geholfen hülfe
messen misst maß gemessen mäße
beweisen beweist bewies bewiesen bewiese
weisen weist wies gewiesen wiese
gleichen gleicht glich geglichen gliche
schwinden schwindet schwand geschwunden schwände
erfinden erfindet erfand erfunden erfände
empfangen empfängt empfing empfangen empfinge
verbieten verbietet verbot verboten verböte
zerbrechen zerbricht zerbrach zerbrochen zerbräche
verbergen verbirgt verbarg verborgen verbärge
bergen birgt barg geborgen bärge
ersteigen ersteigt erstieg erstiegen erstiege
betragen beträgt betrug betragen betrüge
entnehmen entnimmt entnahm entnommen entnähme
behalten behält behielt behalten behielte
schmeißen schmeißt schmiss geschmissen schmisse
kneifen kneift kniff gekniffen kniffe
vergleichen vergleicht verglich verglichen vergliche
verschieben verschiebt verschob verschoben verschöbe
verbrennen verbrennt verbrannte verbrannt verbrennte
verleihen verleiht verlieh verliehen verliehe
"""

WEAK = """
machen sagen legen setzen stellen drücken führen decken öffnen schaffen spielen zahlen kaufen füllen feuern heizen
kosten lernen leben teilen zeigen arbeiten retten platzen kicken kreuzen mieten folgen hören fragen antworten reden
glauben meinen erklären erreichen besuchen versuchen erfüllen verpassen benutzen nutzen verwenden bezahlen verdienen
liefern löschen töten jagen passieren adressieren realisieren kontrollieren präsentieren demonstrieren assistieren
ignorieren produzieren resultieren involvieren platzieren diskutieren unterstützen verfolgen verhaften erheben stoppen
starten testen wählen stimmen schütteln schaukeln kehren drehen rollen ticken wickeln malen färben schärfen pflanzen
säen ernten kochen braten backen rühren schmecken riechen hoffen fürchten lieben hassen küssen kümmern wärmen kühlen
regnen schneien blasen donnern blitzen zünden entzünden knacken verkaufen verletzen verursachen provozieren reservieren
markieren signalisieren segnen beten opfern putzen räumen klären fegen wischen beenden enden vollenden verändern
wechseln tauschen ersetzen kämpfen siegen schlüpfen stützen sichern stecken ergeben fühlen spüren merken beachten achten
warten erwarten hinterlassen stolpern rutschen kreisen suchen buchen packen tappen bauen gründen planen ordnen bestellen
beantragen begrüßen grüßen melden berichten warnen drohen sorgen lenken leiten steuern richten schicken holen fassen
bieten kleben haften pumpen schwenken winken wedeln beißen hacken wagen nähren füttern züchten ernähren brauchen
benötigen reagieren agieren posieren belasten lasten dienen gehören verweigern lösen verlängern kürzen stärken schwächen
weinen lachen lächeln schreien kreieren generieren implementieren fokussieren konzentrieren performen reflektieren
referieren operieren akzeptieren erinnern vergessen vermissen widmen schulden danken gratulieren begleiten lüften tanzen
entwickeln gewähren genießen ehren feiern zählen rechnen kalkulieren regieren dominieren inspirieren motivieren
eliminieren attackieren kollidieren konfrontieren rangieren qualifizieren klassifizieren debütieren punkten erzielen
kassieren verwalten verwandeln umarmen beeilen überqueren überleben verlassen übergeben untersuchen ermitteln
bekräftigen verurteilen bestrafen entlassen erlauben gestatten verwüsten zerstören treten trauen kaprizieren mahnen
sprengen wecken wachen bewegen sammeln fordern fördern verhandeln bedienen verstärken erhöhen senken tippen tropfen
schwitzen zittern beben wiegen klettern stapeln ölen schmieren polieren schmelzen erledigen engagieren kollabieren
eskalieren deeskalieren initiieren integrieren reduzieren adoptieren attestieren polstern kappen lockern straffen üben
ausüben schockieren alarmieren pressen schütten plädieren feilen verpflichten schauen blicken läuten klingeln zeichnen
reichen ändern bekämpfen betonen blättern spannen strecken kündigen riskieren berechnen streifen gucken landen weigern
ordern prüfen emittieren sichten vergiften krönen opponieren bewerben deuten schützen verhindern scoren geloben
behaupten eilen ereignen appellieren erzählen graduieren reisen begegnen verfehlen kriegen versichern präzisieren
beglückwünschen fügen bellen deklarieren interessieren angeln intervenieren gesellen stufen informieren
"""

CLASSES = {
    "ein": "ein eine einen einem einer eines",
    "kein": "kein keine keinen keinem keiner keines",
    "der": "der die das den dem des",
    "det": "der die das den dem des ein eine einen einem einer eines",
    "poss": "mein meine meinen meinem meiner meines dein deine deinen deinem deiner sein seine seinen seinem seiner seines "
    "ihr ihre ihren ihrem ihrer ihres unser unsere unseren unserem unserer euer eure euren eurem eurer "
    "Ihr Ihre Ihren Ihrem Ihrer",
    "dies": "dieser diese dieses diesen diesem jener jene jenes jenen jenem",
    "sich": "sich mich mir dich dir uns euch",
    "pers": "ich du er sie es wir ihr man",
    "persdat": "mir dir ihm ihr uns euch ihnen Ihnen",
    "persakk": "mich dich ihn sie es uns euch",
    "monat": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember Jänner Feber",
    "tag": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag Sonnabend",
    "zahl": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert",
    "zeit": "Tag Tage Tagen Woche Wochen Monat Monate Monaten Jahr Jahre Jahren Stunde Stunden Minute Minuten",
    "viel": "viel viele vielen mehr mehrere einige wenig wenige",
}


def strong(line: str) -> tuple[str, list[str], list[str]]:
    """Infinitive, finite forms and participles of a line of principal parts."""
    infinitive, third, past, participle, subjunctive = line.split()
    stem = infinitive.removesuffix("en") if infinitive.endswith("en") else infinitive.removesuffix("n")
    plural = past + ("n" if past.endswith("e") else "en")
    finite = [infinitive, stem + "e", third, past, plural, subjunctive, subjunctive + "n"]
    match infinitive:
        case "sein":
            finite = ["ist", "sind", "bin", "bist", "seid", "war", "waren", "sei", "seien", "wäre", "wären"]
        case "können" | "müssen" | "sollen" | "wollen" | "dürfen" | "mögen" | "wissen":
            finite = [infinitive, stem + "e", third, past, past + "n", subjunctive, subjunctive + "n"]
        case "nehmen":
            finite.append("nimm")
        case "geben" | "treten" | "helfen" | "sehen":
            finite.append(third.removesuffix("t") if infinitive != "treten" else third)
    return infinitive, unique(finite), unique([participle])


def weak(infinitive: str) -> tuple[str, list[str], list[str]]:
    """The same for a regular verb."""
    stem = infinitive.removesuffix("en") if infinitive.endswith("en") else infinitive.removesuffix("n")
    link = "e" if stem.endswith(("t", "d", "tm", "fn", "gn", "chn")) else ""
    inseparable = ("be", "er", "ver", "zer", "ent", "ge", "über", "unter", "wider", "hinter", "voll")
    bare = infinitive.endswith("ieren") or (infinitive.startswith(inseparable) and infinitive not in KEEP_GE)
    participle = stem + link + "t" if bare else "ge" + stem + link + "t"
    first = stem.removesuffix("el") + "le" if infinitive.endswith("eln") else stem + "e"
    finite = [infinitive, first, stem + link + "t", stem + link + "te", stem + link + "ten"]
    return infinitive, unique(finite), [participle]


# Verbs whose first letters only look like an inseparable prefix.
KEEP_GE = {"beten", "ernten", "enden", "beben", "üben", "erben"}


def unique(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--out", type=Path, default=HERE / "grammar.toml")
    out: Path = args.parse_args().out
    table = {}
    for word in WEAK.split():
        infinitive, finite, participle = weak(word)
        table[infinitive] = (finite, participle)
    for line in STRONG.strip().splitlines():
        infinitive, finite, participle = strong(line)
        table[infinitive] = (finite, participle)
    lines = [
        "# Verb forms, word classes and endings that phrase patterns draw on; written by conjugate.py.",
        'infix = "zu"',
        'endings = ["", "e", "en", "er", "es", "em"]',
        "",
        "[classes]",
        *(f"{name} = {quoted(words.split())}" for name, words in CLASSES.items()),
        "",
        "[verbs]",
        *(f'"{verb}" = {{ finite = {quoted(f)}, participle = {quoted(p)} }}' for verb, (f, p) in sorted(table.items())),
    ]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def quoted(words: list[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


if __name__ == "__main__":
    main()
