"""The tests mirror src/weft room by room; journeys/ keeps promises to users, house/ the rules of the house."""
