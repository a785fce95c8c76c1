"""Seats of government, which news names for the country they govern."""

from service.lexis.words import stem

_SEATS = """moscow kremlin russia; washington pentagon u.s; beijing china; london britain; paris france;
berlin germany; rome italy; madrid spain; lisbon portugal; vienna austria; athens greece; dublin ireland;
oslo norway; stockholm sweden; copenhagen denmark; helsinki finland; warsaw poland; prague czechia;
budapest hungary; bucharest romania; sofia bulgaria; belgrade serbia; kyiv kiev ukraine; minsk belarus;
vilnius lithuania; riga latvia; tallinn estonia; ankara turkey; tehran iran; baghdad iraq; kabul afghanistan;
islamabad pakistan; delhi india; dhaka bangladesh; colombo lanka; damascus syria; beirut lebanon; amman jordan;
riyadh arabia; doha qatar; sanaa yemen; cairo egypt; tripoli libya; tunis tunisia; algiers algeria;
rabat morocco; khartoum sudan; nairobi kenya; abuja nigeria; pretoria africa; harare zimbabwe; tokyo japan;
seoul korea; pyongyang korea; taipei taiwan; hanoi vietnam; bangkok thailand; manila philippines;
jakarta indonesia; canberra australia; wellington zealand; ottawa canada; havana cuba; caracas venezuela;
bogota colombia; lima peru; santiago chile; brasilia brazil; tbilisi georgia; yerevan armenia; baku azerbaijan"""
_GOVERNED = {
    stem(seat): stem(row.split()[-1])
    for row in _SEATS.replace("\n", " ").split(";")
    for seat in row.split()[:-1]
}


def governed(name: str) -> str:
    """Return the stem of the country that a name's stem stands for as its seat of government, else the name."""
    return _GOVERNED.get(name, name)
