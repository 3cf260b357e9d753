import { playRounds } from './rounds.ts'

playRounds('sqlite')
